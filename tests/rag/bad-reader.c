/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader that was taken over or fell apart, to see that the parent stands it: bad-reader --crash
 * … and the like, with the document and the pipe where lectern-reader has them.
 */
#include "rag/blocks.h"

#include "confine/confine.h"
#include "rag/page-stream.h"
#include "rag/reader-child.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A page whose head, pixels or boxes are not what they should be. */
static void lie(const char *how)
{
    static const guint8 pixels[64 * 4];
    struct rag_frame_writer out;
    bool wide = strcmp(how, "--wide-page") == 0, more = strcmp(how, "--more-pixels") == 0;
    struct rag_page page = {.page = 1, .n_pages = 1, .width = wide ? 65536 : 8, .height = 4};
    struct rag_char_box box = {.x1 = 0, .x2 = 8 * RAG_BOX_UNITS + 1, .y2 = 1};
    if (wide)
        page.height = 65536; /* the product is 0 in 32 bits */
    if (strcmp(how, "--large-page") == 0) {
        page.width = RAG_PAGE_MAX_WIDTH; /* each side is allowed, both are not */
        page.height = RAG_PAGE_MAX_HEIGHT;
    }
    rag_frame_writer_init(&out, 4);
    if (strcmp(how, "--no-head") != 0)
        rag_page_write_head(&out, &page);
    if (strcmp(how, "--few-pixels") != 0)
        rag_page_write_pixels(&out, pixels, 8, more ? 5 : 4, 32);
    rag_page_write_text(&out, "x", &box, strcmp(how, "--wild-box") == 0 ? 1 : 0);
    rag_frame_end(&out);
    _exit(0);
}

static void misbehave(const char *how)
{
    static const char garbage[] = "\x05\0\0\0Bjunk that is no frame \xff\xff\xff\xff";
    static const char *const lies[] = {
        "--wide-page", "--large-page", "--more-pixels", "--few-pixels", "--wild-box", "--no-head",
        NULL};
    struct rag_block_writer out;
    if (g_strv_contains(lies, how))
        lie(how);
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
