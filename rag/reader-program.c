/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lectern-reader: the program that opens documents, and does nothing else. Its parent starts it
 * once a document, with the document as file 3 and a pipe for frames as file 4:
 *
 *     lectern-reader VERSION read NAME            blocks of text (blocks.h)
 *     lectern-reader VERSION draw PAGE WIDTH      a page of a PDF (page-stream.h)
 *
 * Before it looks at the document it gives up all that it does not need: network, other programs,
 * writing, the person's other files; memory and time are limited. What a hostile document can
 * gain is then a wrong text or picture of itself. NAME is only looked at for its ending.
 *
 * A program of its own rather than a verb of lectern: it links no more than the readers need, so it
 * starts in a fraction of the time and there is less in it to attack. Parent and reader are
 * replaced one after the other when Lectern is updated, so the versions must be one.
 */
#include "config.h"
#include "confine/confine.h"
#include "rag/reader-child.h"
#include "rag/readers/reader.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FD_DOCUMENT = 3, FD_FRAMES = 4, USAGE = 2, DEFAULT_SECONDS = 120 };

static const char version[] = LECTERN_VERSION " " LECTERN_COMMIT;

static bool confine(void)
{
    char why[300];
    struct rag_frame_writer out;
    const char *memory = g_getenv(RAG_READER_MEMORY), *seconds = g_getenv(RAG_READER_SECONDS);
    int64_t memory_bytes = memory ? g_ascii_strtoll(memory, NULL, 10) : 0;
    int cpu_seconds = seconds ? atoi(seconds) : 0;
    if (confine_reader(memory_bytes > 0 ? memory_bytes : INT64_C(1) << 30,
                       cpu_seconds > 0 ? cpu_seconds : DEFAULT_SECONDS, why, sizeof why))
        return true;
    rag_frame_writer_init(&out, FD_FRAMES);
    rag_frame_error(&out, RAG_VERDICT_FAILED, why);
    rag_frame_writer_clear(&out);
    return false;
}

int main(int argc, char **argv)
{
    bool read = argc == 4 && strcmp(argv[2], "read") == 0;
    bool draw = argc == 5 && strcmp(argv[2], "draw") == 0;
    if (argc > 2 && strcmp(argv[1], version) != 0)
        return RAG_READER_OTHER_VERSION;
    if (!read && !draw) {
        fprintf(stderr, "lectern-reader opens documents for lectern, which starts it.\n");
        return USAGE;
    }
    if (!confine())
        return EXIT_FAILURE;
    bool ok = read ? rag_reader_read(FD_DOCUMENT, FD_FRAMES, argv[3])
                   : rag_reader_draw(FD_DOCUMENT, FD_FRAMES, atoi(argv[3]), atoi(argv[4]));
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
