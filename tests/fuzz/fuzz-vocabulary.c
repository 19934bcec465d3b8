/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input: a GGUF file whose vocabulary, merges and chat template are used as a model's are. */
#include <stdlib.h>
#include <string.h>

#include "engine/stop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void encode(const struct tokenizer *t, const char *text, unsigned flags)
{
    int32_t *ids;
    size_t n, n_bytes;
    if (tokenizer_encode(t, text, strlen(text), flags, &ids, &n, NULL) != ENG_OK) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!tokenizer_bytes(t, ids[i], &n_bytes)) {
            abort();
        }
    }
    free(ids);
}

static void chat(const struct gguf *g, const struct tokenizer *t)
{
    static const struct eng_message messages[] = {{"user", " one\n"}, {"assistant", "two"}};
    const struct chat_format *format = chat_format_find(g, t);
    free(stop_find_eog(g, t, format));
    struct eng_segment *segments;
    size_t n, n_ids;
    int32_t *ids;
    if (format &&
        chat_format_segments(format, g, messages, 2, true, &segments, &n, NULL) == ENG_OK) {
        if (tokenizer_encode_segments(t, segments, n, &ids, &n_ids, NULL) == ENG_OK) {
            free(ids);
        }
        free(segments);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct gguf *g;
    struct tokenizer *t;
    if (gguf_open_memory(&g, data, n, NULL) != ENG_OK) {
        return 0;
    }
    if (tokenizer_new(&t, g, NULL) == ENG_OK) {
        static const char text[] = "It's <|im_end|> 12\n\n ab abab \xff\u00e9e\u0301 \u4e2d[SEP]";
        encode(t, text, ENG_TOKENIZE_BOS | ENG_TOKENIZE_SPECIAL);
        encode(t, text, 0);
        chat(g, t);
        tokenizer_free(t);
    }
    gguf_close(g);
    return 0;
}
