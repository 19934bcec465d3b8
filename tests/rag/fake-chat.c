/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The other half of the engine made of nothing (fake-engine.c): a session that remembers the prompt
 * and then says a given text, a word a token. What the program does with an answer can so be tested
 * for any answer.
 */
#include "fake-chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct eng_session {
    int n_context;
};

const char *fake_chat_answer = "";
char fake_chat_prompt[1 << 16];
int fake_chat_calls;
void (*fake_chat_on_word)(void);
int fake_chat_breaks_after = -1;
static const char *rest = ""; /* of the answer: generating again goes on */

struct eng_session *fake_session(int n_context)
{
    struct eng_session *session = malloc(sizeof *session);
    session->n_context = n_context;
    return session;
}

int eng_session_context(const struct eng_session *session)
{
    return session->n_context;
}

/* role: content, line by line; the segments' texts point into the messages. */
enum eng_status eng_chat_segments(const struct engine *engine, const struct eng_message *messages,
                                  size_t n_messages, bool generation_prompt,
                                  struct eng_segment **out, size_t *n, struct eng_err *err)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n_messages; i++)
        bytes += strlen(messages[i].content) + 1;
    *out = malloc(sizeof **out * n_messages + bytes);
    char *text = (char *)(*out + n_messages);
    for (size_t i = 0; i < n_messages; i++) {
        size_t length = strlen(messages[i].content);
        memcpy(text, messages[i].content, length);
        (*out)[i] = (struct eng_segment){.text = text, .n_bytes = length};
        text += length;
    }
    *n = n_messages;
    return ENG_OK;
}

enum eng_status eng_session_set(struct eng_session *session, const struct eng_segment *segments,
                                size_t n_segments, const struct eng_set_options *options,
                                struct eng_err *err)
{
    size_t used = 0;
    rest = fake_chat_answer;
    for (size_t i = 0; i < n_segments; i++) {
        int written = snprintf(fake_chat_prompt + used, sizeof fake_chat_prompt - used, "%.*s\n",
                               (int)segments[i].n_bytes, segments[i].text);
        used += (size_t)written;
        if (used >= sizeof fake_chat_prompt)
            return ENG_ERR_CONTEXT;
    }
    return ENG_OK;
}

enum eng_status eng_generate(struct eng_session *session,
                             const struct eng_generate_options *options, struct eng_stats *stats,
                             struct eng_err *err)
{
    *stats = (struct eng_stats){.stop = ENG_STOP_EOG};
    fake_chat_calls++;
    for (const char *p = rest; *p; rest = p) {
        size_t n = strcspn(p, " ");
        n += p[n] == ' ';
        int32_t id = stats->generated_tokens;
        if (fake_chat_on_word)
            fake_chat_on_word();
        if (stats->generated_tokens == options->max_tokens) {
            stats->stop = ENG_STOP_LENGTH;
            break;
        }
        if (stats->generated_tokens == fake_chat_breaks_after) {
            snprintf(err->text, sizeof err->text, "The device is gone.");
            return ENG_ERR_DEVICE;
        }
        bool cancelled = options->cancel && atomic_load(options->cancel);
        stats->generated_tokens += !cancelled;
        if (cancelled || !options->on_tokens(options->data, &id, 1, p, n)) {
            stats->stop = ENG_STOP_CANCELLED;
            break;
        }
        p += n;
    }
    return ENG_OK;
}

/* The engine's own is linked with the real eng_generate. */
const char *eng_stop_name(enum eng_stop stop)
{
    static const char *const names[] = {"none",    "eog",       "stop", "length",
                                        "context", "cancelled", "error"};
    return names[stop];
}
