/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input: a chat template. Whatever is recognised lays out a conversation with its contents whole
 * and in order. */
#include <stdlib.h>
#include <string.h>

#include "engine/chat-format.h"
#include "gguf-bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct chat_format *format, const struct gguf *g)
{
    static const struct eng_message messages[] = {{"user", "one"}, {"assistant", "<|im_end|>"}};
    struct eng_segment *segments;
    size_t n, n_contents = 0;
    if (chat_format_segments(format, g, messages, 2, true, &segments, &n, NULL) != ENG_OK) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        if (segments[i].flags & ENG_SEGMENT_SPECIAL) {
            continue;
        }
        const char *content = n_contents < 2 ? messages[n_contents].content : "";
        n_contents++;
        if (strlen(content) != segments[i].n_bytes ||
            memcmp(content, segments[i].text, segments[i].n_bytes) != 0) {
            abort();
        }
    }
    if (n_contents != 2) {
        abort();
    }
    free(segments);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const texts[] = {"<|im_start|>",      "<|im_end|>",
                                        "<|begin_of_text|>", "<|start_header_id|>",
                                        "<|end_header_id|>", "<|eot_id|>"};
    static const int32_t kinds[] = {TOKEN_CONTROL, TOKEN_CONTROL, TOKEN_CONTROL,
                                    TOKEN_CONTROL, TOKEN_CONTROL, TOKEN_CONTROL};
    struct gguf_bytes b;
    struct gguf *g;
    struct tokenizer *t;
    gguf_bytes_begin(&b);
    gguf_bytes_string(&b, "tokenizer.ggml.model", "gpt2", 4);
    gguf_bytes_strings(&b, "tokenizer.ggml.tokens", texts, 6);
    gguf_bytes_kinds(&b, "tokenizer.ggml.token_type", kinds, 6);
    gguf_bytes_strings(&b, "tokenizer.ggml.merges", texts, 0);
    gguf_bytes_string(&b, "tokenizer.chat_template", data, n);
    gguf_bytes_end(&b);
    if (gguf_open_memory(&g, b.data, b.n, NULL) != ENG_OK || tokenizer_new(&t, g, NULL) != ENG_OK) {
        abort();
    }
    const struct chat_format *format = chat_format_find(g, t);
    if (format) {
        check(format, g);
    }
    tokenizer_free(t);
    gguf_close(g);
    free(b.data);
    return 0;
}
