/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions and generation: prefix reuse is invisible in the numbers, limits and cancellation leave
 * the session usable, every reason to stop is reached, text comes in whole characters.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/engine.h"
#include "tiny-model.h"

struct fixture {
    struct engine *engine;
    struct eng_session *session;
};

static void setup_kind(struct fixture *f, const struct tiny_model *kind, int n_context)
{
    struct eng_err err = {0};
    struct eng_session_options options = {.size = sizeof options, .n_context = n_context};
    g_autofree char *path = tiny_model_write(kind);
    if (eng_open(&f->engine, path, NULL, &err) != ENG_OK ||
        eng_session_new(&f->session, f->engine, &options, &err) != ENG_OK)
        g_error("%s", err.text);
    g_unlink(path);
}

static void setup(struct fixture *f, gconstpointer data)
{
    setup_kind(f, &(struct tiny_model){.arch = "qwen2"}, GPOINTER_TO_INT(data));
}

static void teardown(struct fixture *f, gconstpointer data)
{
    eng_session_free(f->session);
    eng_close(f->engine);
}

static enum eng_status set(struct fixture *f, const char *text, struct eng_err *err)
{
    struct eng_segment segment = {.text = text, .n_bytes = strlen(text)};
    return eng_session_set(f->session, &segment, 1, NULL, err);
}

/* The logits' bytes, hashed. */
static guint64 logits_hash(const struct fixture *f)
{
    const guint8 *bytes = (const guint8 *)eng_session_logits(f->session);
    guint64 hash = 14695981039346656037u;
    for (gsize i = 0; i < TINY_VOCAB * sizeof(float); i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return hash;
}

/* --- the timeline ------------------------------------------------------------------------------
 */

static void test_reuse(struct fixture *f, gconstpointer data)
{
    static const char *const texts[] = {"The river and the sea",
                                        "The river and the sea",
                                        "The river",
                                        "The river bank",
                                        "A tree",
                                        "The river and the sea",
                                        "T"};
    guint64 fresh[G_N_ELEMENTS(texts)];
    struct eng_err err;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct fixture other;
        setup(&other, data);
        g_assert_cmpint(set(&other, texts[i], &err), ==, ENG_OK);
        fresh[i] = logits_hash(&other);
        teardown(&other, NULL);
    }
    g_assert_null(eng_session_logits(f->session));
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_assert_cmpint(set(f, texts[i], &err), ==, ENG_OK);
        g_assert_cmpint(eng_session_length(f->session), ==, (int)strlen(texts[i]));
        g_assert_cmpuint(logits_hash(f), ==, fresh[i]);
    }
}

struct progress {
    int calls, last, total;
    atomic_bool cancel;
};

static void count_progress(void *data, int n_done, int n_total)
{
    struct progress *p = data;
    g_assert_cmpint(n_done, >=, p->last);
    p->calls++;
    p->last = n_done;
    p->total = n_total;
    if (p->calls == 2)
        atomic_store(&p->cancel, true);
}

static void test_cancel(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    struct progress p = {0};
    g_autofree char *text = g_strnfill(900, 'x');
    struct eng_segment segment = {.text = text, .n_bytes = 900};
    struct eng_set_options options = {
        .size = sizeof options, .on_progress = count_progress, .data = &p, .cancel = &p.cancel};
    g_assert_cmpint(eng_session_set(f->session, &segment, 1, &options, &err), ==, ENG_CANCELLED);
    int kept = eng_session_length(f->session);
    g_assert_cmpint(kept, >, 0);
    g_assert_cmpint(kept, <, 900);
    g_assert_null(eng_session_logits(f->session));
    p = (struct progress){.calls = 10};
    g_assert_cmpint(eng_session_set(f->session, &segment, 1, &options, &err), ==, ENG_OK);
    g_assert_cmpint(p.last, ==, 900);
    g_assert_cmpint(p.total, ==, 900);
    guint64 hash = logits_hash(f);
    g_assert_cmpint(set(f, "y", &err), ==, ENG_OK);
    g_assert_cmpint(set(f, text, &err), ==, ENG_OK);
    g_assert_cmpuint(logits_hash(f), ==, hash);
}

static void test_limits(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    int n = eng_session_context(f->session);
    g_autofree char *text = g_strnfill((gsize)n + 1, 'x');
    g_assert_cmpint(set(f, "before", &err), ==, ENG_OK);
    guint64 hash = logits_hash(f);
    g_assert_cmpint(set(f, text, &err), ==, ENG_ERR_CONTEXT);
    g_assert_nonnull(strstr(err.text, "1001"));
    g_assert_nonnull(strstr(err.text, "1000"));
    g_assert_cmpint(eng_session_set(f->session, NULL, 0, NULL, &err), ==, ENG_ERR_ARGUMENT);
    struct eng_segment bad = {.tokens = (int32_t[]){TINY_VOCAB}, .n_tokens = 1};
    g_assert_cmpint(eng_session_set(f->session, &bad, 1, NULL, &err), ==, ENG_ERR_ARGUMENT);
    g_assert_cmpint(eng_session_length(f->session), ==, 6);
    g_assert_cmpuint(logits_hash(f), ==, hash);
    text[n] = '\0';
    g_assert_cmpint(set(f, text, &err), ==, ENG_OK);
    struct eng_session *other = NULL;
    struct eng_session_options options = {.size = sizeof options, .n_context = 2049};
    g_assert_cmpint(eng_session_new(&other, f->engine, &options, &err), ==, ENG_ERR_ARGUMENT);
    g_assert_nonnull(strstr(err.text, "2048"));
}

static void test_segments(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    const struct eng_segment text[] = {
        {.text = "<|im_start|>user\n", .n_bytes = 17, .flags = ENG_SEGMENT_SPECIAL},
        {.text = "<|im_end|>", .n_bytes = 10},
        {.tokens = (int32_t[]){257}, .n_tokens = 1},
    };
    g_assert_cmpint(eng_session_set(f->session, text, 3, NULL, &err), ==, ENG_OK);
    g_assert_cmpint(eng_session_length(f->session), ==, 1 + 5 + 10 + 1);
}

/* --- generation --------------------------------------------------------------------------------
 */

struct heard {
    GString *text;
    GArray *ids;
    int stop_after; /* tokens; 0 = never */
    int only;       /* the mask allows this id; -1 = no mask */
};

static bool hear(void *data, const int32_t *ids, int n_tokens, const char *text, size_t n_bytes)
{
    struct heard *h = data;
    g_assert_true(g_utf8_validate(text, (gssize)n_bytes, NULL) || n_bytes == 0);
    g_string_append_len(h->text, text, (gssize)n_bytes);
    g_array_append_vals(h->ids, ids, (guint)n_tokens);
    return h->stop_after == 0 || (int)h->ids->len < h->stop_after;
}

static void only_one(void *data, const int32_t *ids, int n, bool *allowed, int n_vocab)
{
    const struct heard *h = data;
    static const char text[] = "na\xc3\xafve STOP";
    for (int i = 0; i < n_vocab; i++) {
        g_assert_true(allowed[i]);
        allowed[i] = i == (h->only ? h->only : (guint8)text[n % (int)strlen(text)]);
    }
}

static enum eng_stop generate(struct fixture *f, struct heard *h, struct eng_generate_options *o,
                              struct eng_stats *stats)
{
    struct eng_err err = {0};
    if (!h->text) {
        h->text = g_string_new(NULL);
        h->ids = g_array_new(FALSE, FALSE, sizeof(int32_t));
    }
    o->size = sizeof *o;
    o->on_tokens = hear;
    o->data = h;
    enum eng_status status = eng_generate(f->session, o, stats, &err);
    g_assert_cmpstr(err.text, ==, "");
    g_assert_cmpint(status, ==, ENG_OK);
    return stats->stop;
}

static void heard_clear(struct heard *h)
{
    g_string_free(h->text, TRUE);
    g_array_unref(h->ids);
}

static void test_length(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    struct eng_stats stats, again;
    struct heard h = {0}, h2 = {0};
    g_assert_cmpint(eng_generate(f->session, NULL, NULL, &err), ==, ENG_ERR_ARGUMENT);
    g_assert_cmpint(set(f, "Hello", &err), ==, ENG_OK);
    struct eng_generate_options o = {.max_tokens = 20, .ignore_eog = true};
    g_assert_cmpint(generate(f, &h, &o, &stats), ==, ENG_STOP_LENGTH);
    g_assert_cmpstr(eng_stop_name(stats.stop), ==, "length");
    g_assert_cmpint(stats.generated_tokens, ==, 20);
    g_assert_cmpint(stats.prompt_tokens, ==, 5);
    g_assert_cmpint(h.ids->len, ==, 20);
    g_assert_cmpint(eng_session_length(f->session), ==, 25);
    /* the generated tokens are in the cache: the same text once more needs nothing new */
    guint64 hash = logits_hash(f);
    struct eng_segment parts[] = {
        {.text = "Hello", .n_bytes = 5},
        {.tokens = (const int32_t *)(void *)h.ids->data, .n_tokens = h.ids->len}};
    g_assert_cmpint(eng_session_set(f->session, parts, 2, NULL, &err), ==, ENG_OK);
    g_assert_cmpuint(logits_hash(f), ==, hash);
    /* and greedy generation is repeatable */
    g_assert_cmpint(set(f, "Hello", &err), ==, ENG_OK);
    generate(f, &h2, &o, &again);
    g_assert_cmpmem(h.ids->data, 80, h2.ids->data, 80);
    g_assert_cmpint(again.reused_tokens, ==, 4);
    heard_clear(&h);
    heard_clear(&h2);
}

static void test_eog(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    struct eng_stats stats;
    struct heard h = {.only = 257};
    g_assert_cmpint(set(f, "Hello", &err), ==, ENG_OK);
    struct eng_generate_options o = {.mask = only_one};
    g_assert_cmpint(generate(f, &h, &o, &stats), ==, ENG_STOP_EOG);
    g_assert_cmpint(stats.generated_tokens, ==, 0);
    g_assert_cmpint(h.ids->len, ==, 0);
    heard_clear(&h);
}

static void test_stop_string(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    struct eng_stats stats;
    struct heard h = {0};
    g_assert_cmpint(set(f, "Hello", &err), ==, ENG_OK);
    struct eng_generate_options o = {
        .mask = only_one, .stop_strings = (const char *[]){"STOP"}, .n_stop_strings = 1};
    g_assert_cmpint(generate(f, &h, &o, &stats), ==, ENG_STOP_STRING);
    g_assert_cmpstr(h.text->str, ==, "na\xc3\xafve ");
    heard_clear(&h);
}

static void test_context(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    struct eng_stats stats;
    struct heard h = {.only = 'x'};
    g_autofree char *text = g_strnfill(990, 'x');
    g_assert_cmpint(set(f, text, &err), ==, ENG_OK);
    struct eng_generate_options o = {.mask = only_one};
    g_assert_cmpint(generate(f, &h, &o, &stats), ==, ENG_STOP_CONTEXT);
    g_assert_cmpint(stats.generated_tokens, ==, 10);
    g_assert_cmpint(eng_session_length(f->session), ==, 1000);
    heard_clear(&h);
}

static void test_generate_cancel(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    struct eng_stats stats;
    struct heard h = {.stop_after = 3, .only = 'x'}, h2 = {0};
    atomic_bool cancel = true;
    g_assert_cmpint(set(f, "Hello", &err), ==, ENG_OK);
    struct eng_generate_options o = {.mask = only_one};
    g_assert_cmpint(generate(f, &h, &o, &stats), ==, ENG_STOP_CANCELLED);
    g_assert_cmpint(h.ids->len, ==, 3);
    o = (struct eng_generate_options){.cancel = &cancel};
    g_assert_cmpint(generate(f, &h2, &o, &stats), ==, ENG_STOP_CANCELLED);
    g_assert_cmpint(stats.generated_tokens, ==, 0);
    heard_clear(&h);
    heard_clear(&h2);
}

static void test_seed(struct fixture *f, gconstpointer data)
{
    struct eng_err err;
    struct eng_stats stats;
    struct heard h[3] = {0};
    for (int i = 0; i < 3; i++) {
        struct eng_generate_options o = {.max_tokens = 30,
                                         .temperature = 1,
                                         .seed = i < 2 ? 1 : 2,
                                         .top_p = 0.95f,
                                         .ignore_eog = true};
        g_assert_cmpint(set(f, "Hello", &err), ==, ENG_OK);
        generate(f, &h[i], &o, &stats);
    }
    g_assert_cmpmem(h[0].ids->data, 120, h[1].ids->data, 120);
    g_assert_cmpint(memcmp(h[0].ids->data, h[2].ids->data, 120), !=, 0);
    for (int i = 0; i < 3; i++)
        heard_clear(&h[i]);
}

static void test_nan(void)
{
    struct fixture f;
    struct eng_err err = {0};
    setup_kind(&f, &(struct tiny_model){.arch = "llama", .poisoned = "blk.1.ffn_norm.weight"}, 100);
    g_assert_cmpint(set(&f, "Hello", &err), ==, ENG_ERR_NUMERIC);
    g_assert_null(eng_session_logits(f.session));
    teardown(&f, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
    g_test_add(path, struct fixture, GINT_TO_POINTER(1000), setup, function, teardown)
    ADD("/session/reuse", test_reuse);
    ADD("/session/cancel", test_cancel);
    ADD("/session/limits", test_limits);
    ADD("/session/segments", test_segments);
    ADD("/generate/length", test_length);
    ADD("/generate/eog", test_eog);
    ADD("/generate/stop-string", test_stop_string);
    ADD("/generate/context", test_context);
    ADD("/generate/cancel", test_generate_cancel);
    ADD("/generate/seed", test_seed);
    g_test_add_func("/session/nan", test_nan);
    return g_test_run();
}
