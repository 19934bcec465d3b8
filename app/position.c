/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole phrases for the translator: no language puts them together as another does. */
#include "app/position.h"
#include <glib/gi18n.h>

struct words {
    const char *one, *range;
};

static const struct words spoken[] = {
    [RAG_POS_NONE] = {NULL, NULL},
    [RAG_POS_PAGE] = {N_("page %d"), N_("pages %d–%d")},
    [RAG_POS_LINE] = {N_("line %d"), N_("lines %d–%d")},
    [RAG_POS_SLIDE] = {N_("slide %d"), N_("slides %d–%d")},
    [RAG_POS_SHEET] = {N_("sheet %d"), N_("sheets %d–%d")},
    [RAG_POS_CHAPTER] = {N_("chapter %d"), N_("chapters %d–%d")},
};
static const struct words cited_page = {N_("p. %d"), N_("pp. %d–%d")};

static char *write_out(const struct words *words, int from, int to)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* from the tables above */
    return from == to ? g_strdup_printf(_(words->one), from)
                      : g_strdup_printf(_(words->range), from, to);
#pragma GCC diagnostic pop
}

char *position_text(enum rag_position kind, int from, int to)
{
    if (kind <= RAG_POS_NONE || kind >= (int)G_N_ELEMENTS(spoken))
        return g_strdup("");
    return write_out(&spoken[kind], from, to);
}

char *position_citation(enum rag_position kind, int from, int to)
{
    return kind == RAG_POS_PAGE ? write_out(&cited_page, from, to) : position_text(kind, from, to);
}
