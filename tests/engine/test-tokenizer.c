/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tokenizer over small vocabularies: ids equal to the reference's, documents that cannot write
 * control tokens, any bytes, long words in time, vocabularies that lie.
 */
#include <glib.h>
#include <string.h>

#include "engine/tokenizer/unicode.h"
#include "tokenizer-cases.h"

static char **read_strings(JsonObject *object, const char *member)
{
    JsonArray *array = json_object_get_array_member(object, member);
    GPtrArray *strings = g_ptr_array_new();
    for (guint i = 0; i < json_array_get_length(array); i++) {
        g_ptr_array_add(strings, g_strdup(json_array_get_string_element(array, i)));
    }
    g_ptr_array_add(strings, NULL);
    return (char **)g_ptr_array_free(strings, FALSE);
}

/* The vocabulary in a golden file's first line, BPE with this pre-tokenizer. */
static void open_bpe(struct small_tokenizer *small, JsonObject *head, const char *rule)
{
    g_auto(GStrv) tokens = read_strings(head, "tokens");
    g_auto(GStrv) merges = read_strings(head, "merges");
    JsonArray *array = json_object_get_array_member(head, "types");
    g_autofree int32_t *types = g_new(int32_t, json_array_get_length(array));
    for (guint i = 0; i < json_array_get_length(array); i++) {
        types[i] = (int32_t)json_array_get_int_element(array, i);
    }
    small_tokenizer_open(small, &(struct small_vocabulary){.model = "gpt2",
                                                           .pre = rule,
                                                           .tokens = tokens,
                                                           .types = types,
                                                           .merges = merges,
                                                           .bos = -1,
                                                           .eos = -1});
    g_assert_cmpstr(small->err.text, ==, "");
}

static void test_bpe_golden(gconstpointer rule)
{
    g_autoptr(GPtrArray) records = tokenizer_cases_read("tokenizer-bpe.jsonl");
    struct small_tokenizer small;
    open_bpe(&small, json_node_get_object(records->pdata[0]), rule);
    int n = 0;
    for (guint i = 1; i < records->len; i++) {
        JsonObject *record = json_node_get_object(records->pdata[i]);
        if (strcmp(json_object_get_string_member(record, "pre"), rule) == 0) {
            tokenizer_case_check(small.tokenizer, record);
            n++;
        }
    }
    g_assert_cmpint(n, >=, 150);
    small_tokenizer_close(&small);
}

/* vocab.txt's "play", "##ing" as the file format spells them. */
static void respell(char **tokens)
{
    for (; *tokens; tokens++) {
        char *token = *tokens;
        bool marker = token[0] == '[' && g_str_has_suffix(token, "]");
        if (!marker) {
            *tokens = g_str_has_prefix(token, "##") ? g_strdup(token + 2)
                                                    : g_strconcat("\u2581", token, NULL);
            g_free(token);
        }
    }
}

static void test_wordpiece_golden(void)
{
    g_autoptr(GPtrArray) records = tokenizer_cases_read("tokenizer-wordpiece.jsonl");
    g_auto(GStrv) tokens = read_strings(json_node_get_object(records->pdata[0]), "tokens");
    guint n = g_strv_length(tokens);
    g_autofree int32_t *types = g_new(int32_t, n);
    respell(tokens);
    for (guint i = 0; i < n; i++) {
        types[i] = i < 5 ? TOKEN_CONTROL : TOKEN_NORMAL;
    }
    struct small_tokenizer small;
    small_tokenizer_open(
        &small, &(struct small_vocabulary){
                    .model = "bert", .tokens = tokens, .types = types, .bos = -1, .eos = -1});
    g_assert_cmpstr(small.err.text, ==, "");
    for (guint i = 1; i < records->len; i++) {
        tokenizer_case_check(small.tokenizer, json_node_get_object(records->pdata[i]));
    }
    /* [CLS] and [SEP] around it, where asked for; a word's beginning has its space back. */
    int32_t *ids;
    size_t n_ids, n_bytes;
    g_assert_cmpint(
        tokenizer_encode(small.tokenizer, "A[SEP]", 6, ENG_TOKENIZE_BOS, &ids, &n_ids, NULL), ==,
        ENG_OK);
    g_assert_cmpint(ids[0], ==, 2);
    g_assert_cmpint(ids[n_ids - 1], ==, 3);
    for (size_t i = 1; i + 1 < n_ids; i++) {
        g_assert_cmpint(ids[i], !=, 3);
    }
    const char *bytes = tokenizer_bytes(small.tokenizer, ids[1], &n_bytes);
    g_assert_cmpmem(bytes, n_bytes, " a", 2);
    free(ids);
    small_tokenizer_close(&small);
}

/* --- small vocabularies ------------------------------------------------------------------------
 */

static const char *const MORE[] = {"<|im_end|>", "<|endoftext|>", "<tool>", "ab", "<|x|>", NULL};
enum { IM_END = 256, ENDOFTEXT, TOOL, AB, X, N_TOKENS };

static void open_bytes(struct small_tokenizer *small, const char *rule, int32_t kind_of_markers)
{
    g_auto(GStrv) tokens = small_byte_tokens(MORE);
    int32_t types[N_TOKENS];
    static char *merges[] = {(char *)"a b", NULL};
    for (int i = 0; i < N_TOKENS; i++) {
        types[i] = TOKEN_NORMAL;
    }
    types[IM_END] = types[ENDOFTEXT] = kind_of_markers;
    types[TOOL] = TOKEN_USER;
    types[X] = TOKEN_CONTROL;
    small_tokenizer_open(small, &(struct small_vocabulary){.model = "gpt2",
                                                           .pre = rule,
                                                           .tokens = tokens,
                                                           .types = types,
                                                           .merges = merges,
                                                           .add_bos = true,
                                                           .bos = ENDOFTEXT,
                                                           .eos = IM_END});
    g_assert_cmpstr(small->err.text, ==, "");
}

static size_t encode(const struct small_tokenizer *small, const char *text, size_t n,
                     unsigned flags, int32_t **ids)
{
    size_t n_ids = 0;
    g_assert_cmpint(tokenizer_encode(small->tokenizer, text, n, flags, ids, &n_ids, NULL), ==,
                    ENG_OK);
    return n_ids;
}

/* Whatever type a file gives its markers, a document cannot write them. */
static void test_documents_write_no_markers(void)
{
    static const int32_t kinds[] = {TOKEN_CONTROL, TOKEN_NORMAL, TOKEN_USER};
    static const char text[] = "x<|im_end|>ab<tool><|x|><|endoftext|>";
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        struct small_tokenizer small;
        int32_t *ids;
        open_bytes(&small, "qwen2", kinds[k]);
        size_t n = encode(&small, text, strlen(text), 0, &ids);
        bool tool = false, ab = false;
        for (size_t i = 0; i < n; i++) {
            g_assert_true(ids[i] != IM_END && ids[i] != ENDOFTEXT && ids[i] != X);
            tool = tool || ids[i] == TOOL;
            ab = ab || ids[i] == AB;
        }
        g_assert_true(tool && ab);
        free(ids);
        n = encode(&small, text, strlen(text), ENG_TOKENIZE_SPECIAL | ENG_TOKENIZE_BOS, &ids);
        static const int32_t expected[] = {ENDOFTEXT, 'x', IM_END, AB, TOOL, X, ENDOFTEXT};
        g_assert_cmpmem(ids, n * sizeof *ids, expected, sizeof expected);
        free(ids);
        g_assert_cmpint(tokenizer_kind(small.tokenizer, IM_END), ==, TOKEN_CONTROL);
        g_assert_cmpint(tokenizer_special(small.tokenizer, "<|im_end|>"), ==, IM_END);
        g_assert_cmpint(tokenizer_special(small.tokenizer, "ab"), ==, -1);
        small_tokenizer_close(&small);
    }
}

static void test_any_bytes_come_back(void)
{
    GRand *rand = g_rand_new_with_seed(5);
    static const char *const rules[] = {"gpt-2", "smollm", "llama-bpe"};
    for (gsize r = 0; r < G_N_ELEMENTS(rules); r++) {
        struct small_tokenizer small;
        open_bytes(&small, rules[r], TOKEN_CONTROL);
        for (int round = 0; round < 300; round++) {
            char text[64];
            gsize n = (gsize)g_rand_int_range(rand, 0, sizeof text);
            for (gsize i = 0; i < n; i++) {
                text[i] = (char)g_rand_int_range(rand, 0, round % 2 ? 256 : 128);
            }
            int32_t *ids;
            size_t n_ids = encode(&small, text, n, ENG_TOKENIZE_SPECIAL, &ids), n_bytes;
            g_autoptr(GByteArray) back = g_byte_array_new();
            for (size_t i = 0; i < n_ids; i++) {
                const char *bytes = tokenizer_bytes(small.tokenizer, ids[i], &n_bytes);
                g_byte_array_append(back, (const guint8 *)bytes, (guint)n_bytes);
            }
            g_assert_cmpmem(back->data, back->len, text, n);
            free(ids);
        }
        small_tokenizer_close(&small);
    }
    g_rand_free(rand);
}

/* A megabyte that is one word, in each kind of character: linear-like, not quadratic. */
static void test_long_words(void)
{
    static const char *const units[] = {"ab", " ",   "\n ", "!", "7", "\xcc\x81\xcc\xa3",
                                        "<|", "\xff"};
    struct small_tokenizer small;
    open_bytes(&small, "qwen2", TOKEN_CONTROL);
    for (gsize u = 0; u < G_N_ELEMENTS(units); u++) {
        gsize unit = strlen(units[u]), n = (1 << 20) / unit * unit;
        g_autofree char *text = g_malloc(n);
        for (gsize at = 0; at < n; at += unit) {
            memcpy(text + at, units[u], unit);
        }
        int32_t *ids;
        gint64 begin = g_get_monotonic_time();
        size_t n_ids = encode(&small, text, n, ENG_TOKENIZE_SPECIAL, &ids);
        g_assert_cmpuint(n_ids, ==, u == 0 ? n / 2 : n);
        g_test_message("unit %zu: %.0f ms", u, (double)(g_get_monotonic_time() - begin) / 1e3);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 20 * G_USEC_PER_SEC);
        free(ids);
    }
    small_tokenizer_close(&small);
}

static void test_unknown_rule_warns(void)
{
    struct small_tokenizer small;
    int32_t *ids;
    open_bytes(&small, "qwen99", TOKEN_CONTROL);
    g_assert_nonnull(strstr(tokenizer_warning(small.tokenizer), "\"qwen99\""));
    free((encode(&small, "it'S", 4, 0, &ids), ids));
    small_tokenizer_close(&small);
    open_bytes(&small, "gpt-2", TOKEN_CONTROL);
    g_assert_null(tokenizer_warning(small.tokenizer));
    small_tokenizer_close(&small);
}

static void expect_refused(const struct small_vocabulary *vocabulary, enum eng_status status,
                           const char *part)
{
    struct small_tokenizer small;
    small_tokenizer_open(&small, vocabulary);
    g_assert_null(small.tokenizer);
    g_assert_cmpint(small.err.status, ==, status);
    g_assert_nonnull(strstr(small.err.text, part));
    small_tokenizer_close(&small);
}

static void test_refused(void)
{
    static char *some[] = {(char *)"a", (char *)"b", NULL}, *none[] = {NULL};
    static char *twice[] = {(char *)"a", (char *)"a", NULL};
    struct small_vocabulary v = {.model = "llama", .tokens = some, .bos = -1, .eos = -1};
    expect_refused(&v, ENG_ERR_UNSUPPORTED, "\"llama\"");
    v.model = "gpt2";
    expect_refused(&v, ENG_ERR_FORMAT, "merges");
    v.merges = none;
    v.tokens = none;
    expect_refused(&v, ENG_ERR_FORMAT, "no vocabulary");
    v.tokens = twice;
    expect_refused(&v, ENG_ERR_FORMAT, "tokens 0 and 1");
    v = (struct small_vocabulary){.model = "bert", .tokens = some, .bos = -1, .eos = -1};
    expect_refused(&v, ENG_ERR_FORMAT, "[CLS]");
}

/* Merges that name what is not there, or would make control tokens, are left out with a warning. */
static void test_merges_that_lie(void)
{
    static const char *const more[] = {"ab", "<|", "x|>", "<|x|>", NULL};
    enum { CONTROL = 256 + 3 };
    g_auto(GStrv) tokens = small_byte_tokens(more);
    static char *merges[] = {(char *)"a b",    (char *)"ab", (char *)"zz y", (char *)" ",
                             (char *)"<| x|>", (char *)"",   (char *)"< |",  NULL};
    int32_t types[256 + 4] = {0}, *ids;
    types[CONTROL] = TOKEN_CONTROL;
    struct small_tokenizer small;
    small_tokenizer_open(&small, &(struct small_vocabulary){.model = "gpt2",
                                                            .pre = "gpt-2",
                                                            .tokens = tokens,
                                                            .types = types,
                                                            .merges = merges,
                                                            .bos = 100000,
                                                            .eos = -1});
    g_assert_nonnull(strstr(tokenizer_warning(small.tokenizer), "5 merges"));
    g_assert_cmpint(tokenizer_bos(small.tokenizer), ==, -1);
    g_assert_cmpuint(encode(&small, "ab", 2, 0, &ids), ==, 1);
    free(ids);
    small_tokenizer_close(&small);
}

/* The definition, without any cleverness: join the leftmost pair of the lowest rank. */
static size_t merge_plainly(int32_t *ids, size_t n, const int32_t (*merges)[3], int n_merges)
{
    for (int m = 0; m < n_merges; m++) {
        for (size_t i = 0; i + 1 < n; i++) {
            if (ids[i] == merges[m][0] && ids[i + 1] == merges[m][1]) {
                ids[i] = merges[m][2];
                memmove(ids + i + 1, ids + i + 2, (n - i - 2) * sizeof *ids);
                n--;
                m = -1; /* a new pair may have a lower rank */
                break;
            }
        }
    }
    return n;
}

/* Words on both sides of the length where the heap takes over, with ties and stale candidates. */
static void test_merging_against_the_definition(void)
{
    static const char *const more[] = {"aa", "ab", "aaab", "ba", "abab", "bb", "aab", NULL};
    enum { AA = 256, AAAB = 258, BA, ABAB, BB, AAB };
    static char *texts[] = {(char *)"a b", (char *)"ab ab", (char *)"a a",  (char *)"aa ab",
                            (char *)"b a", (char *)"b b",   (char *)"a ab", NULL};
    static const int32_t merges[][3] = {{'a', 'b', 257}, {257, 257, ABAB}, {'a', 'a', AA},
                                        {AA, 257, AAAB}, {'b', 'a', BA},   {'b', 'b', BB},
                                        {'a', 257, AAB}};
    g_auto(GStrv) tokens = small_byte_tokens(more);
    struct small_tokenizer small;
    small_tokenizer_open(&small, &(struct small_vocabulary){.model = "gpt2",
                                                            .pre = "gpt-2",
                                                            .tokens = tokens,
                                                            .merges = texts,
                                                            .bos = -1,
                                                            .eos = -1});
    GRand *rand = g_rand_new_with_seed(8);
    for (int round = 0; round < 2000; round++) {
        char word[200];
        int32_t expected[200], *ids;
        size_t n = (size_t)g_rand_int_range(rand, 1, 200);
        for (size_t i = 0; i < n; i++) {
            word[i] = g_rand_int_range(rand, 0, 1 + round % 4) ? 'b' : 'a';
            expected[i] = word[i];
        }
        size_t n_expected = merge_plainly(expected, n, merges, G_N_ELEMENTS(merges));
        size_t n_ids = encode(&small, word, n, 0, &ids);
        g_assert_cmpmem(ids, n_ids * sizeof *ids, expected, n_expected * sizeof *expected);
        free(ids);
    }
    g_rand_free(rand);
    small_tokenizer_close(&small);
}

/* A word may have 100 characters, however many bytes they take. */
static void test_wordpiece_longest_word(void)
{
    static char *tokens[] = {(char *)"[UNK]",
                             (char *)"[CLS]",
                             (char *)"[SEP]",
                             (char *)"\u2581a",
                             (char *)"a",
                             (char *)"\u4e2d",
                             (char *)"\u03c3",
                             (char *)"\u2581\u03c3",
                             NULL};
    struct small_tokenizer small;
    small_tokenizer_open(&small, &(struct small_vocabulary){
                                     .model = "bert", .tokens = tokens, .bos = -1, .eos = -1});
    for (int n = 99; n <= 102; n++) {
        for (int greek = 0; greek < 2; greek++) {
            GString *word = g_string_new(NULL);
            for (int i = 0; i < n; i++) {
                g_string_append(word, greek ? "\u03a3" : "A");
            }
            int32_t *ids;
            size_t n_ids = encode(&small, word->str, word->len, 0, &ids);
            g_assert_cmpuint(n_ids, ==, n <= 100 ? (size_t)n : 1);
            g_assert_cmpint(ids[0], ==, n > 100 ? 0 : greek ? 7 : 3);
            free(ids);
            g_string_free(word, TRUE);
        }
    }
    small_tokenizer_close(&small);
}

/* --- normal forms ------------------------------------------------------------------------------
 */

static void test_nfc(void)
{
    static const char *const pairs[][2] = {
        {"e\u0301", "\u00e9"},
        {"\u1100\u1161\u11a8", "\uac01"},
        {"a\u0323\u0301b\u0300", "\u1ea1\u0301b\u0300"},
        {"a\u0301\u0323", "\u1ea1\u0301"},
        {"\u212b", "\u00c5"},
        {"\u0958", "\u0915\u093c"},
        {"x\xff\u0301e\u0301\xc3", "x\xff\u0301\u00e9\xc3"},
        {"a\u0313\u0301", "a\u0313\u0301"},
        {"\u0301", "\u0301"},
        {"plain", "plain"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        size_t n = 0;
        char *composed = unicode_nfc(pairs[i][0], strlen(pairs[i][0]), &n);
        g_assert_cmpmem(composed, n, pairs[i][1], strlen(pairs[i][1]));
        free(composed);
    }
}

static void test_utf8(void)
{
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x80\x80",
        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82",
        "\xff"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        uint32_t code;
        g_assert_cmpuint(unicode_next(bad[i], strlen(bad[i]), &code), ==, 1);
        g_assert_cmpuint(code, ==, UNICODE_RAW + (guint8)bad[i][0]);
    }
    for (uint32_t c = 0; c < 0x110000; c += c < 0x3000 ? 1 : 61) {
        if (c >= 0xd800 && c < 0xe000) {
            continue;
        }
        char text[6] = {0};
        uint32_t back;
        gsize n = (gsize)g_unichar_to_utf8(c, text);
        char ours[4];
        g_assert_cmpmem(ours, unicode_put(c, ours), text, n);
        g_assert_cmpuint(unicode_next(text, n, &back), ==, n);
        g_assert_cmpuint(back, ==, c);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/tokenizer/bpe/gpt-2", "gpt-2", test_bpe_golden);
    g_test_add_data_func("/tokenizer/bpe/smollm", "smollm", test_bpe_golden);
    g_test_add_data_func("/tokenizer/bpe/qwen2", "qwen2", test_bpe_golden);
    g_test_add_data_func("/tokenizer/bpe/llama-bpe", "llama-bpe", test_bpe_golden);
    g_test_add_func("/tokenizer/wordpiece", test_wordpiece_golden);
    g_test_add_func("/tokenizer/documents-write-no-markers", test_documents_write_no_markers);
    g_test_add_func("/tokenizer/any-bytes-come-back", test_any_bytes_come_back);
    g_test_add_func("/tokenizer/long-words", test_long_words);
    g_test_add_func("/tokenizer/unknown-rule-warns", test_unknown_rule_warns);
    g_test_add_func("/tokenizer/refused", test_refused);
    g_test_add_func("/tokenizer/merges-that-lie", test_merges_that_lie);
    g_test_add_func("/tokenizer/merging", test_merging_against_the_definition);
    g_test_add_func("/tokenizer/wordpiece-longest-word", test_wordpiece_longest_word);
    g_test_add_func("/tokenizer/nfc", test_nfc);
    g_test_add_func("/tokenizer/utf8", test_utf8);
    return g_test_run();
}
