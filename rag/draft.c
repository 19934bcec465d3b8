/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small models add marks of their own ("[1]", whether or not passage 1 says so), begin with
 * "Answer:", and go round in circles. Marks are removed as the text streams: a "[" is held back
 * until what follows shows whether it is a mark. A sentence that comes a second time ends the
 * answer. Lines of code and rulers of tables may come as often as they like.
 */
#include "rag/draft.h"

#include "rag/sentences.h"
#include <string.h>

#define LONGEST_MARK 24 /* "[1, 2, 3]", "[Passage 12]" */

struct rag_draft {
    GString *text; /* (owned) clean, so far */
    GString *held; /* (owned) begins with "[": may be a mark */
    size_t handed; /* bytes of text that the caller has seen */
    bool begun;    /* something but white space has come */
};

RagDraft *rag_draft_new(void)
{
    RagDraft *draft = g_new0(RagDraft, 1);
    draft->text = g_string_new(NULL);
    draft->held = g_string_new(NULL);
    return draft;
}

void rag_draft_free(RagDraft *draft)
{
    if (!draft)
        return;
    g_string_free(draft->text, TRUE);
    g_string_free(draft->held, TRUE);
    g_free(draft);
}

/* "[1]", "[1, 2]", "[Passage 1]": digits, and nothing but a word for passage and separators. */
static bool is_mark(const char *held)
{
    static GRegex *mark;
    if (g_once_init_enter(&mark)) {
        GRegex *made = g_regex_new("^\\[\\s*((passages?|sources?|documents?)\\s*)?"
                                   "\\d{1,3}(\\s*([,;-]|and)\\s*\\d{1,3})*\\s*\\]$",
                                   G_REGEX_CASELESS, 0, NULL);
        g_once_init_leave(&mark, made);
    }
    return g_regex_match(mark, held, 0, NULL);
}

/* A mark goes together with the space before it. */
static void drop_mark(RagDraft *draft)
{
    g_string_truncate(draft->held, 0);
    size_t n = draft->text->len;
    if (n > draft->handed && draft->text->str[n - 1] == ' ')
        g_string_truncate(draft->text, n - 1);
}

static void keep_held(RagDraft *draft)
{
    g_string_append_len(draft->text, draft->held->str, (gssize)draft->held->len);
    g_string_truncate(draft->held, 0);
}

static void add_byte(RagDraft *draft, char c)
{
    if (!draft->begun && g_ascii_isspace(c))
        return;
    draft->begun = true;
    if (draft->held->len == 0) {
        g_string_append_c(c == '[' ? draft->held : draft->text, c);
        return;
    }
    g_string_append_c(draft->held, c);
    if (c == ']' && is_mark(draft->held->str))
        drop_mark(draft);
    else if (c == ']' || c == '\n' || draft->held->len > LONGEST_MARK)
        keep_held(draft);
}

/* Code, or nothing but signs: no sentence that could be said twice. *fenced (false at the start)
   is carried from one range to the next. */
static bool is_code(const char *text, struct rag_range range, bool *fenced)
{
    bool fence = range.to - range.from >= 3 && strncmp(text + range.from, "```", 3) == 0;
    bool words = false;
    for (size_t i = range.from; i < range.to; i++)
        words = words || g_ascii_isalnum(text[i]) || (unsigned char)text[i] >= 0x80;
    *fenced = *fenced != fence;
    return *fenced || fence || !words;
}

/* Does the last finished sentence stand further up as well? */
static bool repeats(const char *text)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
    size_t n = rag_sentences(text, ranges);
    if (n < 3)
        return false;
    const struct rag_range *r = (const struct rag_range *)ranges->data;
    size_t length = r[n - 2].to - r[n - 2].from;
    bool fenced = false, code = false;
    for (size_t i = 0; i + 1 < n; i++)
        code = is_code(text, r[i], &fenced); /* of the last finished one, in the end */
    for (size_t i = 0; !code && i + 2 < n; i++) {
        if (length > 2 && r[i].to - r[i].from == length &&
            memcmp(text + r[i].from, text + r[n - 2].from, length) == 0)
            return true;
    }
    return false;
}

bool rag_draft_add(RagDraft *draft, const char *text, size_t n, const char **clean, size_t *n_clean)
{
    bool ended = false; /* a sentence may have */
    for (size_t i = 0; i < n; i++) {
        add_byte(draft, text[i]);
        ended = ended || g_ascii_isspace(text[i]);
    }
    size_t certain = draft->text->len;
    if (certain && draft->text->str[certain - 1] == ' ')
        certain--; /* a mark may follow, and take it along */
    *clean = draft->text->str + draft->handed;
    *n_clean = certain > draft->handed ? certain - draft->handed : 0;
    draft->handed += *n_clean;
    /* a caller may hand over half a character; the sentences are looked at once it is whole */
    return !ended || !g_utf8_validate(draft->text->str, (gssize)draft->text->len, NULL) ||
           !repeats(draft->text->str);
}

char *rag_draft_finish(RagDraft *draft, bool cut)
{
    keep_held(draft);
    const char *text = draft->text->str;
    if (g_ascii_strncasecmp(text, "Answer:", strlen("Answer:")) == 0)
        text += strlen("Answer:");
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
    size_t n = rag_sentences(text, ranges);
    const struct rag_range *r = (const struct rag_range *)ranges->data;
    if (cut && n > 1 && !strchr(".!?:", text[r[n - 1].to - 1]))
        n--;
    bool fenced = false;
    GString *out = g_string_new(NULL);
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *sentence = g_strndup(text + r[i].from, r[i].to - r[i].from);
        if (!is_code(text, r[i], &fenced) && !g_hash_table_add(said, g_strdup(sentence)))
            continue;
        if (out->len) /* the white space before it, a line break may matter */
            g_string_append_len(out, text + r[i - 1].to, (gssize)(r[i].from - r[i - 1].to));
        g_string_append(out, sentence);
    }
    return g_string_free(out, FALSE);
}

bool rag_declines(const char *sentence)
{
    static GRegex *decline;
    if (g_once_init_enter(&decline)) {
        const char *source = "(documents?|passages?|context|texts?|sources?|information|question)";
        const char *tells = "(say|tell|mention|contain|include|provide|specify|specif|state|give|"
                            "cover|answer|describe|discuss|explain|address)";
        g_autofree char *pattern = g_strdup_printf(
            "\\b%s\\b[^.]{0,60}(\\bnot\\b|n['’]t\\b|\\bno\\b|\\bnever\\b)[^.]{0,30}\\b%s"
            "|\\b(not|n['’]t|no)\\b[^.]{0,30}\\b%s[^.]{0,30}\\bin (the|your|these|this) %s"
            "|\\b(there is|there's|contain|provides?|have|has|is) no (information|mention|answer)"
            "|\\b(cannot|can't|unable to|not able to|not possible to) (answer|determine|find|tell)"
            "|\\bi (do not|don['’]t) (know|have)\\b",
            source, tells, tells, source);
        GRegex *made = g_regex_new(pattern, G_REGEX_CASELESS, 0, NULL);
        g_once_init_leave(&decline, made);
    }
    return g_regex_match(decline, sentence, 0, NULL);
}
