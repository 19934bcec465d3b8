/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever a taken-over reader child may send: bytes → block parser → splitter. The first byte says
 * how large the pieces are in which the bytes come. With libFuzzer this looks for new inputs; the
 * saved ones are replayed by the suite fuzz-regress.
 */
#include "rag/splitter.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void on_block(void *data, const struct rag_block *block)
{
    if (!g_utf8_validate(block->text, (gssize)block->n_bytes, NULL))
        abort();
    rag_splitter_add(data, block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct rag_block_parser parser;
    struct rag_splitter_options options = {.target_tokens = 40, .max_tokens = 160};
    if (n < 1)
        return 0;
    size_t piece = (size_t)data[0] + 1;
    struct rag_splitter *splitter = rag_splitter_new(&options);
    rag_block_parser_init(&parser, on_block, splitter);
    for (size_t at = 1; at < n; at += piece) {
        if (!rag_block_parser_push(&parser, data + at, MIN(piece, n - at), NULL))
            break;
    }
    g_autoptr(GPtrArray) passages = rag_splitter_finish(splitter);
    for (guint i = 0; i < passages->len; i++) {
        const struct idx_passage *passage = passages->pdata[i];
        if (passage->n_tokens > options.max_tokens || passage->char_to < passage->char_from ||
            !g_utf8_validate(passage->text, -1, NULL))
            abort();
    }
    rag_block_parser_clear(&parser);
    rag_splitter_free(splitter);
    return 0;
}
