/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a question to what the index can look up. Stop words are left out (unless nothing else is
 * there: "who is who"), for they cost time and say nothing. Strings that only make sense to the
 * letter are recognised by their shape (words.h) and looked for twice: their words like any other,
 * and the whole as a phrase, which is rare and hence weighs more in BM25. Only what the person put
 * between quotation marks is a condition.
 */
#include "rag/query.h"

#include <string.h>

/* A question that was pasted with half a document in it is searched by its first words. */
#define MAX_WORDS 64

static void add_once(GPtrArray *strings, const char *string)
{
    for (guint i = 0; i < strings->len; i++) {
        if (strcmp(strings->pdata[i], string) == 0)
            return;
    }
    if (strings->len < MAX_WORDS)
        g_ptr_array_add(strings, g_strdup(string));
}

/* A lone digit or a name says too little to be worth looking for as a string. */
static bool worth_exact(const struct rag_value *value)
{
    if (value->kind == RAG_VALUE_CODE)
        return strlen(value->fold) > 1;
    return value->kind == RAG_VALUE_NUMBER && strlen(value->fold) > 1;
}

RagQuery *rag_query_new(const char *question)
{
    RagQuery *query = g_new0(RagQuery, 1);
    query->text = g_strstrip(g_strdup(question));
    query->terms = rag_terms_new(query->text, -1);
    query->words = g_ptr_array_new_with_free_func(g_free);
    query->exact = g_ptr_array_new_with_free_func(g_free);
    query->quoted = g_ptr_array_new_with_free_func(g_free);
    GArray *words = query->terms->words, *values = query->terms->values;
    for (int stops = 0; stops < 2 && query->words->len == 0; stops++) {
        for (guint i = 0; i < words->len; i++) {
            const struct rag_word *word = &g_array_index(words, struct rag_word, i);
            if (!word->stop || stops)
                add_once(query->words, word->fold);
        }
    }
    for (guint i = 0; i < values->len; i++) {
        const struct rag_value *value = &g_array_index(values, struct rag_value, i);
        if (worth_exact(value)) {
            add_once(query->exact, value->fold);
            add_once(query->words, value->fold);
        } else if (value->kind == RAG_VALUE_QUOTED) {
            add_once(query->quoted, value->fold);
        }
    }
    g_ptr_array_add(query->words, NULL);
    g_ptr_array_add(query->quoted, NULL);
    return query;
}

void rag_query_free(RagQuery *query)
{
    if (!query)
        return;
    g_free(query->text);
    g_ptr_array_unref(query->words);
    g_ptr_array_unref(query->exact);
    g_ptr_array_unref(query->quoted);
    rag_terms_free(query->terms);
    g_free(query);
}
