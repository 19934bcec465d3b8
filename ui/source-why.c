/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A passage is found in two ways that are weighed together (docs/RETRIEVAL.md): by its words (full
 * text, BM25: a rare word that it shares with the question counts more) and by its sense (vectors,
 * cosine). Ranks say more to a person than scores, so they come first.
 */
#include "ui/source-why.h"

#include <glib/gi18n.h>
#include <math.h>

static void add_line(GString *out, const char *line)
{
    if (out->len)
        g_string_append_c(out, '\n');
    g_string_append(out, line);
}

/* rank 0: not found that way; score NAN: not known. */
static void add_words(GString *out, int rank, double score)
{
    g_autofree char *line = NULL;

    if (isnan(score))
        return;
    /* Translators: the place among all passages, and a score of which more is better */
    if (rank > 0)
        line =
            g_strdup_printf(_("By the words of the question: place %d (score %.1f)."), rank, score);
    else
        line = g_strdup_printf(_("By the words of the question: score %.1f."), score);
    add_line(out, line);
}

static void add_sense(GString *out, int rank, double score)
{
    g_autofree char *line = NULL;

    if (isnan(score))
        return;
    /* Translators: the place among all passages, and how near the sense is; 1.00 is the same */
    if (rank > 0)
        line = g_strdup_printf(_("By its sense: place %d (nearness %.2f)."), rank, score);
    else
        line = g_strdup_printf(_("By its sense: nearness %.2f."), score);
    add_line(out, line);
}

char *source_why(LecSource *source)
{
    GString *out = g_string_new(NULL);
    const char *heading = lec_source_get_heading(source);
    int words = lec_source_get_text_rank(source), sense = lec_source_get_vector_rank(source);
    double vector_score = lec_source_get_vector_score(source);

    add_words(out, words, lec_source_get_text_score(source));
    add_sense(out, sense, vector_score);
    if (!words && sense)
        add_line(out, _("Its words alone would not have found it."));
    if (words && !sense && isnan(vector_score))
        add_line(out, _("Its sense was not compared yet."));
    if (!out->len)
        add_line(out, _("How it was found was not kept."));
    if (heading && *heading) {
        g_autofree char *line = g_strdup_printf(_("It stands below “%s”."), heading);
        add_line(out, line);
    }
    return g_string_free(out, FALSE);
}
