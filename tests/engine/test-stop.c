/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stop rule: which tokens end generation, and stop strings and characters over any token
 * borders: cut into pieces in any way, a text gives the same result.
 */
#include <glib.h>
#include <string.h>

#include "engine/stop.h"
#include "tokenizer-cases.h"

/* --- tokens ------------------------------------------------------------------------------------
 */

struct expected {
    const char *text;
    int32_t kind;
    bool eog;
};

static void check_eog(const struct expected *tokens, gsize n, int eos)
{
    const char *more[16] = {NULL};
    int32_t types[256 + 16];
    for (gsize i = 0; i < 256; i++) {
        types[i] = TOKEN_NORMAL;
    }
    for (gsize i = 0; i < n; i++) {
        more[i] = tokens[i].text;
        types[256 + i] = tokens[i].kind;
    }
    g_auto(GStrv) texts = small_byte_tokens(more);
    static char *merges[] = {(char *)"< /s>", (char *)"/ s>", (char *)"s >", NULL};
    struct small_tokenizer small;
    small_tokenizer_open(&small, &(struct small_vocabulary){.model = "gpt2",
                                                            .pre = "gpt-2",
                                                            .tokens = texts,
                                                            .types = types,
                                                            .merges = merges,
                                                            .bos = -1,
                                                            .eos = eos});
    g_assert_cmpstr(small.err.text, ==, "");
    bool *eog = stop_find_eog(small.gguf, small.tokenizer, NULL);
    for (int i = 0; i < 256; i++) {
        g_assert_false(eog[i]);
    }
    for (gsize i = 0; i < n; i++) {
        g_test_message("%s", tokens[i].text);
        g_assert_cmpint(eog[256 + i], ==, tokens[i].eog);
    }
    free(eog);
    small_tokenizer_close(&small);
}

static void test_eog(void)
{
    static const struct expected qwen[] = {
        {"<|endoftext|>", TOKEN_CONTROL, true}, {"<|im_start|>", TOKEN_CONTROL, false},
        {"<|im_end|>", TOKEN_CONTROL, true},    {"<tool_call>", TOKEN_USER, false},
        {"<|fim_pad|>", TOKEN_USER, true},      {"<|fim_middle|>", TOKEN_CONTROL, false},
        {"<odd>", TOKEN_CONTROL, true},
    };
    check_eog(qwen, G_N_ELEMENTS(qwen), 256 + 6); /* a key names "<odd>" */
    static const struct expected harmony[] = {
        {"<|end|>", TOKEN_CONTROL, false},
        {"<|return|>", TOKEN_CONTROL, true},
        {"<|call|>", TOKEN_CONTROL, true},
    };
    check_eog(harmony, G_N_ELEMENTS(harmony), -1);
    static const struct expected phi[] = {{"<|end|>", TOKEN_CONTROL, true}};
    check_eog(phi, G_N_ELEMENTS(phi), -1);
    static const struct expected gemma[] = {
        {"</s>", TOKEN_CONTROL, false},
        {"<turn|>", TOKEN_CONTROL, true},
    };
    check_eog(gemma, G_N_ELEMENTS(gemma), -1);
    /* "</s>" that merges write is a strike-through's end in HTML, not the text's. */
    static const struct expected html[] = {
        {"</s>", TOKEN_NORMAL, false},
        {"/s>", TOKEN_NORMAL, false},
        {"s>", TOKEN_NORMAL, false},
    };
    check_eog(html, G_N_ELEMENTS(html), -1);
    static const struct expected mistyped[] = {{"<|eot_id|>", TOKEN_NORMAL, true}};
    check_eog(mistyped, G_N_ELEMENTS(mistyped), -1);
}

/* --- text --------------------------------------------------------------------------------------
 */

/* Pushes pieces of the given sizes (cycled), takes after each, and ends. */
static char *feed(const char *const *strings, int n, const char *text, const int *sizes,
                  int n_sizes, bool *found)
{
    struct stop_text *stop = stop_text_new(strings, n, 64);
    GString *out = g_string_new(NULL);
    size_t length = strlen(text), at = 0, n_bytes;
    *found = false;
    for (int i = 0; at < length && !*found; i++) {
        size_t size = MIN((size_t)sizes[i % n_sizes], length - at);
        *found = stop_text_push(stop, text + at, size);
        at += size;
        const char *part = stop_text_take(stop, false, &n_bytes);
        g_assert_true(g_utf8_validate(part, (gssize)n_bytes, NULL));
        g_string_append_len(out, part, (gssize)n_bytes);
    }
    const char *part = stop_text_take(stop, true, &n_bytes);
    g_string_append_len(out, part, (gssize)n_bytes);
    part = stop_text_take(stop, true, &n_bytes);
    g_assert_cmpuint(n_bytes, ==, 0);
    stop_text_free(stop);
    return g_string_free(out, FALSE);
}

static void test_strings(void)
{
    static const struct {
        const char *stops[3], *text, *expected;
        bool found;
    } cases[] = {
        {{"\n\n"}, "one\ntwo\n\nthree", "one\ntwo", true},
        {{"\n\n"}, "one\n", "one\n", false},
        {{"User:"}, "UsUseUser:x", "UsUse", true},
        {{"aab"}, "aaaab", "aa", true},
        {{"abab", "bb"}, "aababb", "a", true},
        {{"abcd", "c"}, "abcd", "ab", true},
        {{"bc", "abc"}, "xabc", "x", true},
        {{"", "z"}, "xyz", "xy", true},
        {{""}, "xyz", "xyz", false},
        {{"é"}, "caf\xc3\xa8 caf\xc3\xa9", "caf\xc3\xa8 caf", true},
        {{"\xf0\x9f\x98\x80"}, "a\xf0\x9f\x98\x81\xf0\x9f\x98\x80", "a\xf0\x9f\x98\x81", true},
        {{"x"}, "a\xffz\xe2\x82", "a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd", false},
        {{"stop"}, "\xe2\x82stop", "\xef\xbf\xbd\xef\xbf\xbd", true},
    };
    GRand *rand = g_rand_new_with_seed(3);
    for (gsize c = 0; c < G_N_ELEMENTS(cases); c++) {
        int n = 0;
        while (n < 3 && cases[c].stops[n]) {
            n++;
        }
        for (int round = 0; round < 50; round++) {
            int sizes[4];
            bool found;
            for (int i = 0; i < 4; i++) {
                sizes[i] = round == 0 ? 1 : round == 1 ? 60 : g_rand_int_range(rand, 1, 6);
            }
            g_autofree char *got = feed(cases[c].stops, n, cases[c].text, sizes, 4, &found);
            g_assert_cmpstr(got, ==, cases[c].expected);
            g_assert_cmpint(found, ==, cases[c].found);
        }
    }
    g_rand_free(rand);
}

/* Nothing is held that need not be: what cannot begin a stop string comes at once. */
static void test_holds_no_more_than_it_must(void)
{
    static const char *const strings[] = {"\n\nUser"};
    struct stop_text *stop = stop_text_new(strings, 1, 64);
    size_t n;
    g_assert_false(stop_text_push(stop, "Hello\n", 6));
    const char *text = stop_text_take(stop, false, &n);
    g_assert_cmpmem(text, n, "Hello", 5);
    g_assert_false(stop_text_push(stop, "\nU", 2));
    stop_text_take(stop, false, &n);
    g_assert_cmpuint(n, ==, 0);
    g_assert_false(stop_text_push(stop, "n", 1));
    text = stop_text_take(stop, false, &n);
    g_assert_cmpmem(text, n, "\n\nUn", 4);
    g_assert_false(stop_text_push(stop, "\xf0\x9f", 2));
    stop_text_take(stop, false, &n);
    g_assert_cmpuint(n, ==, 0);
    g_assert_false(stop_text_push(stop, "\x98\x80", 2));
    text = stop_text_take(stop, false, &n);
    g_assert_cmpmem(text, n, "\xf0\x9f\x98\x80", 4);
    stop_text_free(stop);
}

/* Random texts over a small alphabet against a plain search in the whole text. */
static void test_against_search(void)
{
    GRand *rand = g_rand_new_with_seed(4);
    for (int round = 0; round < 3000; round++) {
        char texts[3][5], text[40];
        const char *stops[3];
        for (int i = 0; i < 3; i++) {
            int n = g_rand_int_range(rand, 1, 5);
            for (int k = 0; k < n; k++) {
                texts[i][k] = (char)g_rand_int_range(rand, 'a', 'd');
            }
            texts[i][n] = '\0';
            stops[i] = texts[i];
        }
        int n_text = g_rand_int_range(rand, 0, 40);
        for (int k = 0; k < n_text; k++) {
            text[k] = (char)g_rand_int_range(rand, 'a', 'e');
        }
        text[MIN(n_text, 39)] = '\0';
        size_t cut = strlen(text), best_end = SIZE_MAX;
        for (int i = 0; i < 3; i++) {
            const char *at = strstr(text, stops[i]);
            size_t end = at ? (size_t)(at - text) + strlen(stops[i]) : SIZE_MAX;
            if (at && (end < best_end || (end == best_end && (size_t)(at - text) < cut))) {
                best_end = end;
                cut = (size_t)(at - text);
            }
        }
        int sizes[3] = {g_rand_int_range(rand, 1, 5), g_rand_int_range(rand, 1, 5), 1};
        bool found;
        g_autofree char *got = feed(stops, 3, text, sizes, 3, &found);
        g_autofree char *expected = g_strndup(text, cut);
        g_assert_cmpstr(got, ==, expected);
        g_assert_cmpint(found, ==, best_end != SIZE_MAX);
    }
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stop/eog", test_eog);
    g_test_add_func("/stop/strings", test_strings);
    g_test_add_func("/stop/holds-no-more-than-it-must", test_holds_no_more_than_it_must);
    g_test_add_func("/stop/against-search", test_against_search);
    return g_test_run();
}
