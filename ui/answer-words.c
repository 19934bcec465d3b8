/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window says of an answer. Plain functions of what app/ hands over, and without widgets.
 */
#include "ui/answer-words.h"
#include "app/source.h"
#include <glib/gi18n.h>
#include <string.h>

/* [n] stands after the sentence, before the white space that follows it. */
static void append_text(GString *out, const RagAnswer *answer)
{
    gsize at = 0, length = strlen(answer->text);

    for (guint i = 0; i < answer->sentences->len; i++) {
        const struct rag_sentence *sentence =
            &g_array_index(answer->sentences, struct rag_sentence, i);
        gsize to = MIN(sentence->to, length);

        if (!sentence->citation || to < at)
            continue;
        while (to > at && g_ascii_isspace(answer->text[to - 1]))
            to--;
        g_string_append_len(out, answer->text + at, to - at);
        g_string_append_printf(out, " [%d]", sentence->citation);
        at = to;
    }
    g_string_append(out, answer->text + at);
}

char *lec_answer_markdown(const RagAnswer *answer)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "**%s**\n\n", answer->question);
    append_text(out, answer);
    g_string_append_c(out, '\n');
    if (!answer->from_documents)
        g_string_append_printf(out, "\n*%s*\n", _("Not from your documents"));
    for (guint i = 0; i < answer->citations->len; i++) {
        g_autoptr(LecSource) source = lec_source_from_citation(answer, i);
        g_autofree char *citation = lec_source_citation(source);

        g_string_append_printf(out, "%s[%u] %s\n", i ? "" : "\n", lec_source_get_number(source),
                               citation);
    }
    return g_string_free(out, FALSE);
}

static char *reading_words(LecAnswer *answer)
{
    GPtrArray *passages = lec_answer_get_passages(answer);
    guint n = 0;

    for (guint i = 0; passages && i < passages->len; i++)
        n += ((const struct rag_hit *)passages->pdata[i])->in_prompt;
    if (n)
        return g_strdup_printf(ngettext("Reading %u passage…", "Reading %u passages…", n), n);
    return g_strdup(passages && passages->len ? _("Reading the passages…")
                                              : _("Reading the question…"));
}

char *lec_answer_state_words(LecAnswer *answer, LecChat *chat)
{
    LecModel *model = chat ? lec_chat_get_model(chat) : NULL;

    switch (lec_answer_get_state(answer)) {
    case LEC_ANSWER_SEARCHING:
        return g_strdup(_("Searching…"));
    case LEC_ANSWER_LOADING:
        if (model && lec_chat_get_state(chat) != LEC_CHAT_READY)
            return g_strdup_printf(_("Loading %s…"), lec_model_get_title(model));
        return g_strdup(_("Waiting for the answer before this one…"));
    case LEC_ANSWER_READING:
        return reading_words(answer);
    case LEC_ANSWER_WRITING:
        return g_strdup(_("Writing…"));
    default:
        return g_strdup("");
    }
}

char *lec_answer_ending_words(LecAnswer *answer)
{
    const RagAnswer *result = lec_answer_get_result(answer);
    const char *failure = lec_answer_get_failure(answer);

    switch (lec_answer_get_state(answer)) {
    case LEC_ANSWER_FAILED:
        return g_strdup(failure ? failure : _("This was not answered."));
    case LEC_ANSWER_STOPPED:
        return g_strdup(_("You stopped this answer."));
    default:
        break;
    }
    if (failure)
        return g_strdup(failure);
    if (result && result->stats.stop == ENG_STOP_CANCELLED)
        return g_strdup(_("You stopped this answer."));
    if (result && result->stats.stop == ENG_STOP_LENGTH)
        return g_strdup(_("The answer ends here because it reached the greatest length."));
    if (result && result->stats.stop == ENG_STOP_CONTEXT)
        return g_strdup(_("The answer ends here because the model cannot take in more text."));
    return NULL;
}

char *lec_answer_values_words(const RagAnswer *answer)
{
    GPtrArray *values = answer->unsupported_values;
    g_autoptr(GString) list = g_string_new(NULL);

    if (!answer->from_documents || !values || !values->len)
        return NULL;
    for (guint i = 0; i < values->len; i++)
        g_string_append_printf(list, _("%s“%s”"), i ? ", " : "", (const char *)values->pdata[i]);
    return g_strdup_printf(ngettext("This value is in none of the passages: %s.",
                                    "These values are in none of the passages: %s.", values->len),
                           list->str);
}

char *lec_answer_summary(LecAnswer *answer)
{
    const RagAnswer *result = lec_answer_get_result(answer);
    guint n = result ? result->citations->len : 0;

    if (!result)
        return lec_answer_get_failure(answer)
                   ? g_strdup(lec_answer_get_failure(answer))
                   : g_strdup(_("The passages that were found are shown."));
    if (!result->from_documents)
        return g_strdup(_("The answer is written. It is not from your documents."));
    if (!result->supported)
        return g_strdup(_("Your documents do not seem to say."));
    return g_strdup_printf(ngettext("The answer is written, with %u source.",
                                    "The answer is written, with %u sources.", n),
                           n);
}

char *lec_answer_last_sentence(const char *draft, gsize from, gsize *end)
{
    const char *first = draft + from, *start = first, *last = NULL, *last_start = NULL;

    for (const char *p = first; *p; p++) {
        if (!strchr(".!?\n", *p) || (p[1] != ' ' && p[1] != '\n' && *p != '\n'))
            continue;
        if (p > start) {
            last_start = start;
            last = p + 1;
        }
        start = p + 1;
    }
    if (!last)
        return NULL;
    *end = last - draft;
    return g_strstrip(g_strndup(last_start, last - last_start));
}
