/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answer record: question, query, passages as shown with the hashes of their files, model,
 * settings, seed, token ids. Whoever has the same files and model can make the answer again and see
 * that it is the same.
 */
#include "rag/record.h"

#include "index/conversations.h"
#include "rag/compress.h"
#include "rag/library.h"

static void add_json_string(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_printf(out, "\\%c", *p);
        else if ((unsigned char)*p < 0x20)
            g_string_append_printf(out, "\\u%04x", *p);
        else
            g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

static void add_json_number(GString *out, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(out, g_ascii_formatd(text, sizeof text, "%.6g", value));
}

static char *citations_json(const struct rag_answer *answer)
{
    GString *out = g_string_new("[");
    for (guint i = 0; i < answer->citations->len; i++) {
        const struct rag_citation *citation = answer->citations->pdata[i];
        g_autofree char *path = g_filename_display_name(citation->path);
        g_string_append_printf(out, "%s{\"n\":%d,\"path\":", i ? "," : "", citation->n);
        add_json_string(out, path);
        g_string_append_printf(out, ",\"position\":[%d,%d,%d],\"quote\":", (int)citation->pos_kind,
                               citation->pos_from, citation->pos_to);
        add_json_string(out, citation->quote);
        g_string_append(out, ",\"score\":");
        add_json_number(out, citation->score);
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, ']');
    return g_string_free(out, FALSE);
}

static char *settings_json(const struct rag_ask_options *options)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "{\"max_tokens\":%d,\"temperature\":", options->max_tokens);
    add_json_number(out, (double)options->temperature);
    g_string_append_printf(out, ",\"compress\":%s}", options->no_compress ? "false" : "true");
    return g_string_free(out, FALSE);
}

bool rag_record(RagLibrary *library, struct rag_answer *answer, GPtrArray *pieces,
                const struct rag_ask_options *options, const int32_t *tokens, size_t n_tokens,
                GError **error)
{
    g_autofree char *citations = citations_json(answer);
    g_autofree char *settings = settings_json(options);
    g_autofree struct idx_answer_passage *passages =
        g_new0(struct idx_answer_passage, (gsize)pieces->len + 1);
    for (guint i = 0; i < pieces->len; i++) {
        const struct rag_piece *piece = pieces->pdata[i];
        passages[i] = (struct idx_answer_passage){
            .path = piece->hit->path,
            .hash = piece->hit->hash,
            .text = piece->text,
            .pos_kind = (enum idx_position)piece->hit->pos_kind, /* the same order in both */
            .pos_from = piece->hit->pos_from,
            .pos_to = piece->hit->pos_to,
            .score = piece->hit->score,
        };
    }
    G_STATIC_ASSERT((int)RAG_POS_CHAPTER == (int)IDX_POS_CHAPTER);
    answer->id = idx_answer_put(library->store,
                                &(struct idx_answer){
                                    .question = answer->question,
                                    .query = answer->query,
                                    .answer = answer->text,
                                    .supported = answer->supported,
                                    .model = answer->model,
                                    .settings_json = settings,
                                    .citations_json = citations,
                                    .seed = options->seed,
                                    .tokens = tokens,
                                    .n_tokens = n_tokens,
                                    .passages = passages,
                                    .n_passages = pieces->len,
                                },
                                error);
    return answer->id >= 0;
}
