/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader that was taken over or fell apart, to see that the parent stands it: bad-reader --crash
 * … and the like, with the document and the pipe where lectern-reader has them.
 */
#include "rag/blocks.h"

#include "confine/confine.h"
#include "rag/reader-child.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void misbehave(const char *how)
{
    static const char garbage[] = "\x05\0\0\0Bjunk that is no frame \xff\xff\xff\xff";
    struct rag_block_writer out;
    rag_block_writer_init(&out, 4);
    const struct rag_block block = {.kind = RAG_BLOCK_PARAGRAPH, .text = "text", .n_bytes = 4};
    rag_block_write(&out, &block);
    rag_frame_flush(&out.frames, true);
    if (strcmp(how, "--crash") == 0) {
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
    } else if (strcmp(how, "--abort") == 0) {
        abort();
    } else if (strcmp(how, "--hang") == 0) {
        pause();
    } else if (strcmp(how, "--garbage") == 0) {
        if (write(4, garbage, sizeof garbage) < 0)
            _exit(9);
    } else if (strcmp(how, "--memory") == 0) {
        char why[200];
        confine_reader(256 << 20, 20, why, sizeof why);
        for (;;)
            memset(g_malloc(16 << 20), 1, 16 << 20);
    } else if (strcmp(how, "--flood") == 0) {
        while (rag_block_write(&out, &block))
            ;
    } else if (strcmp(how, "--updated") == 0) {
        _exit(RAG_READER_OTHER_VERSION);
    } else if (strcmp(how, "--silent") == 0) {
        _exit(0);
    } else if (strcmp(how, "--close") == 0) {
        close(4);
        pause();
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    misbehave(argv[1]);
    return 0;
}
