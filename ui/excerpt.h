/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * excerpt.h: a passage as it is shown: the part around its telling sentence, white space tidied.
 *
 *     g_auto(LecExcerpt) excerpt = {0};
 *     lec_excerpt_make(&excerpt, passage, telling, 280);
 *     gtk_label_set_text(label, excerpt.text);
 */
#pragma once

#include <glib.h>

typedef struct {
    char *text;     /* (owned) */
    gsize from, to; /* bytes of text: the telling sentence; equal: none */
    gboolean cut;   /* text is not the whole passage */
} LecExcerpt;

/* At most about max_chars characters; 0: the whole passage. telling: a part of passage, or "". */
void lec_excerpt_make(LecExcerpt *out, const char *passage, const char *telling, int max_chars);
void lec_excerpt_clear(LecExcerpt *excerpt);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LecExcerpt, lec_excerpt_clear)
