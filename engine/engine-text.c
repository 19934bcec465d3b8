/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine-text.c: the engine's view of text: tokens and chat. Pure queries of immutable data. */
#include "engine/engine-private.h"
#include "engine/error.h"

enum eng_status eng_tokenize(const struct engine *engine, const char *text, size_t n_bytes,
                             unsigned flags, int32_t **ids, size_t *n, struct eng_err *err)
{
    return tokenizer_encode(engine->tokenizer, text, n_bytes, flags, ids, n, err);
}

const char *eng_token_bytes(const struct engine *engine, int32_t id, size_t *n_bytes)
{
    *n_bytes = 0;
    if (id < 0 || id >= tokenizer_size(engine->tokenizer))
        return NULL;
    return tokenizer_bytes(engine->tokenizer, id, n_bytes);
}

bool eng_token_is_eog(const struct engine *engine, int32_t id)
{
    return id >= 0 && id < tokenizer_size(engine->tokenizer) && engine->eog[id];
}

bool eng_token_is_control(const struct engine *engine, int32_t id)
{
    return id >= 0 && id < tokenizer_size(engine->tokenizer) &&
           tokenizer_kind(engine->tokenizer, id) == TOKEN_CONTROL;
}

enum eng_status eng_chat_segments(const struct engine *engine, const struct eng_message *messages,
                                  size_t n_messages, bool generation_prompt,
                                  struct eng_segment **out, size_t *n, struct eng_err *err)
{
    if (!engine->chat)
        return eng_fail(err, ENG_ERR_UNSUPPORTED,
                        "'%s' has no chat format that is known here; choose a chat model, or give "
                        "it plain text.",
                        engine->info.path);
    return chat_format_segments(engine->chat, engine->gguf, messages, n_messages, generation_prompt,
                                out, n, err);
}
