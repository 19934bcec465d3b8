/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reader child as a program of its own. As "reader-child NAME" it is the real reader; as
 * "reader-child --crash NAME" and the like it plays one that was taken over or fell apart, to see
 * that the parent stands it.
 */
#include "rag/blocks.h"

#include "confine/confine.h"
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
    if (argc == 3)
        misbehave(argv[1]);
    return argc == 2 ? rag_reader_main(3, 4, argv[1]) : 2;
}
