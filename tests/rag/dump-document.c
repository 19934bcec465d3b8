/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads files through the reader child and prints what became of them: for people who work on the
 * readers and the splitter.
 *
 *     dump-document READER-CHILD [--blocks] FILE…      one JSON object a passage (or block)
 */
#include "config.h"
#include "rag/reader-process.h"
#include "rag/splitter.h"

#include <stdio.h>
#include <string.h>

static bool show_blocks;

static void print_json_string(const char *key, const char *value)
{
    printf("\"%s\": \"", key);
    for (const char *p = value; *p; p++) {
        if (*p == '"' || *p == '\\')
            printf("\\%c", *p);
        else if ((guchar)*p < 0x20)
            printf("\\u%04x", *p);
        else
            printf("%c", *p);
    }
    printf("\"");
}

static void on_block(void *data, const struct rag_block *block)
{
    rag_splitter_add(data, block);
    if (!show_blocks)
        return;
    g_autofree char *text = g_strndup(block->text, block->n_bytes);
    printf("{\"kind\": %d, \"level\": %d, \"from\": %d, \"to\": %d, \"flags\": %u, ", block->kind,
           block->level, block->pos_from, block->pos_to, block->flags);
    print_json_string("text", text);
    printf("}\n");
}

static void print_passages(const char *path, GPtrArray *passages)
{
    for (guint i = 0; i < passages->len && !show_blocks; i++) {
        const struct idx_passage *p = passages->pdata[i];
        printf("{");
        print_json_string("file", path);
        printf(", \"page\": %d, \"to\": %d, \"chars\": [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
               "], \"tokens\": %d, ",
               p->pos_from, p->pos_to, p->char_from, p->char_to, p->n_tokens);
        print_json_string("heading", p->heading);
        printf(", ");
        print_json_string("text", p->text);
        printf("}\n");
    }
}

static int dump(const char *child, const char *path)
{
    g_autoptr(GError) error = NULL;
    struct rag_read_result result;
    struct rag_splitter *splitter = rag_splitter_new(&(struct rag_splitter_options){0});
    struct rag_read_options options = {
        .reader_argv = (const char *[]){child, LECTERN_VERSION " " LECTERN_COMMIT, NULL},
        .timeout_seconds = 60,
        .memory_bytes = INT64_C(1) << 30,
        .max_bytes = 200000000,
        .on_block = on_block,
        .data = splitter,
    };
    bool ok = rag_read_file(path, &options, &result, NULL, &error);
    g_autoptr(GPtrArray) passages = rag_splitter_finish(splitter);
    if (!ok)
        fprintf(stderr, "%s: %s\n", path, error->message);
    else if (result.outcome != RAG_READ_OK)
        fprintf(stderr, "%s: %s\n", path, result.reason);
    else
        fprintf(stderr, "%s: %s “%s” %d pages, %u passages. %s\n", path, result.format,
                result.title, result.n_pages, passages->len, result.note);
    print_passages(path, passages);
    rag_read_result_clear(&result);
    rag_splitter_free(splitter);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    int i = 2, rc = argc > 2 ? 0 : 2;
    if (argc > 2 && strcmp(argv[2], "--blocks") == 0) {
        show_blocks = true;
        i++;
    }
    for (; i < argc; i++)
        rc |= dump(argv[1], argv[i]);
    return rc;
}
