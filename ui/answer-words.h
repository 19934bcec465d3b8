/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-words.h: an answer in other words: as Markdown, and what is said about it.
 *
 *     g_autofree char *text = lec_answer_markdown(answer);
 *     gdk_clipboard_set_text(clipboard, text);
 */
#pragma once

#include "app/chat.h"

/* Question, text with [1] after the sentences that a source supports, and the sources. Owned by the
   caller, like all that follows. */
char *lec_answer_markdown(const RagAnswer *answer);
/* "Loading Qwen2.5 0.5B…": what is being done; "" when finished. chat may be NULL. */
char *lec_answer_state_words(LecAnswer *answer, LecChat *chat);
/* Why it ended as it did, and what was left out; NULL: nothing to say. */
char *lec_answer_ending_words(LecAnswer *answer);
/* "“17 March” and “1,204” are in none of the passages."; NULL: nothing to say. */
char *lec_answer_values_words(const RagAnswer *answer);
/* What a screen reader is told of a finished one. */
char *lec_answer_summary(LecAnswer *answer);
/* The last complete sentence of a draft, at or after byte `from` of it; NULL: none yet. *end: the
   byte after it. */
char *lec_answer_last_sentence(const char *draft, gsize from, gsize *end);
