/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tag may come in any number of pieces, so bytes that may yet become one are held back. Only a
 * tag at the very beginning opens: "<think>" further on is text, as is any other tag.
 */
#include "rag/thinking.h"

#include <string.h>

struct rag_thinking {
    enum { BEFORE, INSIDE, AFTER } state;
    GString *held;    /* (owned) the beginning of a tag, perhaps */
    GString *thought; /* (owned) */
    GString *said;    /* (owned) of the last call */
};

RagThinking *rag_thinking_new(bool begun)
{
    RagThinking *thinking = g_new0(RagThinking, 1);
    thinking->state = begun ? INSIDE : BEFORE;
    thinking->held = g_string_new(NULL);
    thinking->thought = g_string_new(NULL);
    thinking->said = g_string_new(NULL);
    return thinking;
}

void rag_thinking_free(RagThinking *thinking)
{
    if (!thinking)
        return;
    g_string_free(thinking->held, TRUE);
    g_string_free(thinking->thought, TRUE);
    g_string_free(thinking->said, TRUE);
    g_free(thinking);
}

/* Where what is no tag belongs. */
static GString *place(RagThinking *thinking)
{
    return thinking->state == INSIDE ? thinking->thought : thinking->said;
}

static void release(RagThinking *thinking)
{
    g_string_append_len(place(thinking), thinking->held->str, (gssize)thinking->held->len);
    g_string_truncate(thinking->held, 0);
}

static void add_byte(RagThinking *thinking, char c)
{
    const char *tag = thinking->state == BEFORE ? "<think>" : "</think>";
    GString *held = thinking->held;
    if (held->len > 0 && c != tag[held->len]) {
        release(thinking); /* '<' stands only at a tag's beginning: c may begin another */
        if (thinking->state == BEFORE)
            thinking->state = AFTER;
    }
    if (thinking->state == AFTER || c != tag[held->len]) {
        g_string_append_c(place(thinking), c);
        if (thinking->state == BEFORE && !g_ascii_isspace(c))
            thinking->state = AFTER;
        return;
    }
    g_string_append_c(held, c);
    if (held->len < strlen(tag))
        return;
    g_string_truncate(held, 0);
    thinking->state = thinking->state == BEFORE ? INSIDE : AFTER;
}

const char *rag_thinking_add(RagThinking *thinking, const char *text, size_t n, size_t *n_said)
{
    g_string_truncate(thinking->said, 0);
    for (size_t i = 0; i < n; i++)
        add_byte(thinking, text[i]);
    *n_said = thinking->said->len;
    return thinking->said->str;
}

const char *rag_thinking_end(RagThinking *thinking, size_t *n_said)
{
    g_string_truncate(thinking->said, 0);
    release(thinking);
    *n_said = thinking->said->len;
    return thinking->said->str;
}

bool rag_thinking_is_open(const RagThinking *thinking)
{
    return thinking->state == INSIDE;
}

char *rag_thinking_text(const RagThinking *thinking)
{
    g_autofree char *text = g_strstrip(g_strdup(thinking->thought->str));
    return *text ? g_steal_pointer(&text) : NULL;
}
