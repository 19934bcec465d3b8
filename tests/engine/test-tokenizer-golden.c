/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Token ids of the starter models against the reference implementation, on odd texts
 * (tests/golden/tokenizer-*.jsonl). Models are looked for as in test-golden.c; a missing one is a
 * skipped test, all missing 77.
 */
#include <glib.h>

#include "tokenizer-cases.h"

struct golden {
    const char *name, *cases, *model;
};

static const struct golden goldens[] = {
    {"/tokenizer-golden/smollm2", "tokenizer-smollm2.jsonl", "smollm2-135m-instruct-q4_1.gguf"},
    {"/tokenizer-golden/qwen2.5", "tokenizer-qwen2.jsonl",
     "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"},
    {"/tokenizer-golden/all-minilm", "tokenizer-minilm.jsonl", "all-minilm-l6-v2.gguf"},
};

static char *model_path(const struct golden *golden)
{
    const char *folder = g_getenv("LECTERN_MODELS");
    return folder
               ? g_build_filename(folder, golden->model, NULL)
               : g_build_filename(g_get_user_cache_dir(), "lectern", "models", golden->model, NULL);
}

static void test_ids(gconstpointer data)
{
    const struct golden *golden = data;
    g_autofree char *path = model_path(golden);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_test_skip("the model is not there; scripts/fetch-models gets it");
        return;
    }
    struct gguf *gguf;
    struct tokenizer *tokenizer;
    struct eng_err err = {0};
    gguf_open(&gguf, path, &err);
    g_assert_cmpstr(err.text, ==, "");
    tokenizer_new(&tokenizer, gguf, &err);
    g_assert_cmpstr(err.text, ==, "");
    g_assert_null(tokenizer_warning(tokenizer));
    g_autoptr(GPtrArray) records = tokenizer_cases_read(golden->cases);
    g_assert_cmpuint(records->len, >, 200);
    for (guint i = 1; i < records->len; i++) {
        tokenizer_case_check(tokenizer, json_node_get_object(records->pdata[i]));
    }
    tokenizer_free(tokenizer);
    gguf_close(gguf);
}

int main(int argc, char **argv)
{
    bool any = false;
    for (gsize i = 0; i < G_N_ELEMENTS(goldens); i++) {
        g_autofree char *path = model_path(&goldens[i]);
        any = any || g_file_test(path, G_FILE_TEST_EXISTS);
    }
    if (!any) {
        g_print("1..0 # SKIP no starter model; scripts/fetch-models gets them\n");
        return 77;
    }
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(goldens); i++) {
        g_test_add_data_func(goldens[i].name, &goldens[i], test_ids);
    }
    return g_test_run();
}
