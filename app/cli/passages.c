/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "file" is the absolute path: it names the document without knowing which folder was added, and
 * tools that compare with paths relative to a corpus match it by its end.
 */
#include "app/cli/passages.h"
#include <glib/gi18n.h>

static const char *const kinds[] = {
    [RAG_POS_NONE] = NULL,     [RAG_POS_PAGE] = "page",   [RAG_POS_LINE] = "line",
    [RAG_POS_SLIDE] = "slide", [RAG_POS_SHEET] = "sheet", [RAG_POS_CHAPTER] = "chapter",
};

void cli_write_position(JsonWrite *json, enum rag_position kind, int page, int from, int to)
{
    if (kind == RAG_POS_PAGE)
        json_write_int(json, "page", page);
    else
        json_write_null(json, "page");
    if (kind == RAG_POS_NONE) {
        json_write_null(json, "position");
        return;
    }
    json_write_begin(json, "position", '{');
    json_write_string(json, "kind", kinds[kind]);
    json_write_int(json, "from", from);
    json_write_int(json, "to", to);
    json_write_end(json);
}

static void write_rank(JsonWrite *json, const char *key, int rank)
{
    if (rank > 0)
        json_write_int(json, key, rank);
    else
        json_write_null(json, key);
}

void cli_write_passages(JsonWrite *json, GPtrArray *hits, bool of_answer)
{
    json_write_begin(json, "passages", '[');
    for (guint i = 0; i < hits->len; i++) {
        const struct rag_hit *hit = hits->pdata[i];

        json_write_begin(json, NULL, '{');
        json_write_string(json, "file", hit->path);
        cli_write_position(json, hit->pos_kind, rag_hit_position(hit, hit->telling_from),
                           hit->pos_from, hit->pos_to);
        json_write_string(json, "title", hit->title);
        json_write_string(json, "heading", hit->heading);
        json_write_string(json, "text", hit->text);
        if (hit->telling_to > 0)
            json_write_bytes(json, "telling", hit->text + hit->telling_from,
                             hit->telling_to - hit->telling_from);
        else
            json_write_null(json, "telling");
        json_write_double(json, "score", hit->score);
        json_write_double(json, "text_score", hit->text_score);
        json_write_double(json, "vector_score", hit->vector_score);
        write_rank(json, "text_rank", hit->text_rank);
        write_rank(json, "vector_rank", hit->vector_rank);
        if (of_answer)
            json_write_bool(json, "in_prompt", hit->in_prompt);
        json_write_end(json);
    }
    json_write_end(json);
}

char *cli_position_text(enum rag_position kind, int from, int to)
{
    static const char *const one[] = {
        [RAG_POS_PAGE] = N_("page %d"),       [RAG_POS_LINE] = N_("line %d"),
        [RAG_POS_SLIDE] = N_("slide %d"),     [RAG_POS_SHEET] = N_("sheet %d"),
        [RAG_POS_CHAPTER] = N_("chapter %d"),
    };
    static const char *const range[] = {
        [RAG_POS_PAGE] = N_("pages %d–%d"),       [RAG_POS_LINE] = N_("lines %d–%d"),
        [RAG_POS_SLIDE] = N_("slides %d–%d"),     [RAG_POS_SHEET] = N_("sheets %d–%d"),
        [RAG_POS_CHAPTER] = N_("chapters %d–%d"),
    };
    g_autofree char *text = NULL;

    if (kind == RAG_POS_NONE)
        return g_strdup("");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* from the tables above */
    text = from == to ? g_strdup_printf(_(one[kind]), from)
                      : g_strdup_printf(_(range[kind]), from, to);
#pragma GCC diagnostic pop
    return g_strconcat(", ", text, NULL);
}
