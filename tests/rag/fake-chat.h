/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake-chat.h: a chat model that says what it was told to, for tests (see fake-chat.c). */
#pragma once

#include "engine/engine.h"

struct eng_session *fake_session(int n_context); /* free() */
/* The next answer, word by word; and the prompt that the model was last given. */
extern const char *fake_chat_answer;
extern char fake_chat_prompt[1 << 16];
extern int fake_chat_calls; /* generations so far */
/* Called before each word is said; may be NULL. */
extern void (*fake_chat_on_word)(void);
/* After so many words of a call the engine fails ("The device is gone."); -1: never. */
extern int fake_chat_breaks_after;
