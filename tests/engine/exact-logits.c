/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exact-logits MODEL.gguf GOLDEN.jsonl > tests/golden/NAME-exact.jsonl
 *
 * The log-probabilities of a golden file's tokens as the double-precision reference computes them,
 * for the prompts of at most 64 tokens. Takes 8 bytes of memory for each weight.
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <math.h>

#include "reference.h"

enum { MOST_TOKENS = 64 };

static double log_sum_exp(const double *logits, int n)
{
    double max = -INFINITY, sum = 0;
    for (int i = 0; i < n; i++)
        max = fmax(max, logits[i]);
    for (int i = 0; i < n; i++)
        sum += exp(logits[i] - max);
    return max + log(sum);
}

static void print_record(const struct reference *ref, JsonObject *record)
{
    JsonArray *tokens = json_object_get_array_member(record, "tokens");
    JsonArray *top = json_object_get_array_member(record, "top");
    int n = (int)json_array_get_length(tokens), n_vocab = reference_config(ref)->n_vocab;
    int32_t ids[MOST_TOKENS];
    if (n > MOST_TOKENS)
        return;
    g_autofree double *logits = g_new(double, (gsize)n_vocab);
    g_print("{\"id\": \"%s\", \"tokens\": [", json_object_get_string_member(record, "id"));
    for (int i = 0; i < n; i++) {
        ids[i] = (int32_t)json_array_get_int_element(tokens, (guint)i);
        g_print("%s%d", i ? ", " : "", ids[i]);
    }
    reference_logits(ref, ids, n, 1, logits);
    double norm = log_sum_exp(logits, n_vocab);
    g_print("], \"top\": [");
    for (guint i = 0; i < json_array_get_length(top); i++) {
        int id = (int)json_array_get_int_element(json_array_get_array_element(top, i), 0);
        g_print("%s[%d, \"\", %.5f]", i ? ", " : "", id, logits[id] - norm);
    }
    g_print("]}\n");
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    if (argc != 3 || !g_file_get_contents(argv[2], &text, NULL, &error))
        g_error("exact-logits MODEL.gguf GOLDEN.jsonl: %s", error ? error->message : "usage");
    struct reference *ref = reference_open(argv[1]);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_autoptr(JsonNode) node = **line ? json_from_string(*line, &error) : NULL;
        if (node)
            print_record(ref, json_node_get_object(node));
    }
    reference_free(ref);
    return 0;
}
