/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What kind of file is this? Content decides where it can, so that a PDF named .txt is read as a
 * PDF and junk named .txt is not read at all; the ending chooses between the text formats, which
 * look alike. Kinds that are known but cannot be read get a sentence that names them.
 */
#include "rag/readers/encoding.h"
#include "rag/readers/kinds.h"
#include "rag/readers/reader.h"

#include <string.h>

static const struct {
    const char *bytes;
    size_t n;
    const char *sentence;
} magics[] = {
    {"\x89PNG", 4, "Pictures cannot be read."},
    {"\xff\xd8\xff", 3, "Pictures cannot be read."},
    {"GIF8", 4, "Pictures cannot be read."},
    {"\x7f"
     "ELF",
     4, "Programs are not documents."},
    {"PK\x03\x04", 4, "Archives are not opened; unpack it to have its documents read."},
    {"\x1f\x8b", 2, "Archives are not opened; unpack it to have its documents read."},
    {"BZh", 3, "Archives are not opened; unpack it to have its documents read."},
    {"\xfd"
     "7zXZ",
     5, "Archives are not opened; unpack it to have its documents read."},
    {"7z\xbc\xaf", 4, "Archives are not opened; unpack it to have its documents read."},
    {"\xd0\xcf\x11\xe0", 4, "Old Office documents cannot be read yet."},
    {"SQLite format 3", 15, "Databases cannot be read."},
    {"GGUF", 4, "Model files are not documents."},
    {"OggS", 4, "Sound files cannot be read."},
    {"fLaC", 4, "Sound files cannot be read."},
    {"ID3", 3, "Sound files cannot be read."},
    {"\x1a\x45\xdf\xa3", 4, "Videos cannot be read."},
};

static bool has(const guint8 *head, size_t n, size_t within, const char *needle)
{
    size_t length = strlen(needle);
    for (size_t i = 0; i < within && i + length <= n; i++) {
        if (g_ascii_strncasecmp((const char *)head + i, needle, length) == 0)
            return true;
    }
    return false;
}

static enum rag_format unreadable(GError **error, const char *sentence)
{
    g_set_error_literal(error, RAG_READ_ERROR, RAG_READ_ERROR_SKIPPED, sentence);
    return RAG_FORMAT_UNREADABLE;
}

enum rag_format rag_detect(const guint8 *head, size_t n, const char *name, GError **error)
{
    g_autofree char *ending = rag_kind_ending(name);
    if (n == 0)
        return unreadable(error, "The file is empty.");
    if (has(head, n, 1024, "%PDF-"))
        return RAG_FORMAT_PDF;
    if (n > 2 && memcmp(head, "PK", 2) == 0) {
        const char *sentence = rag_kind_later(ending);
        if (sentence)
            return unreadable(error, sentence);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(magics); i++) {
        if (n >= magics[i].n && memcmp(head, magics[i].bytes, magics[i].n) == 0)
            return unreadable(error, magics[i].sentence);
    }
    size_t n_bom;
    g_autofree char *encoding = rag_encoding_guess(head, n, &n_bom);
    if (!encoding)
        return unreadable(error, strcmp(ending, " pdf ") == 0
                                     ? "The file is named .pdf but is not a PDF document."
                                     : "This is not text, nor a format that can be read.");
    if (strstr(" html htm xhtml ", ending) || has(head, n, 256, "<!doctype html") ||
        has(head, n, 256, "<html"))
        return RAG_FORMAT_HTML;
    if (strstr(" md markdown mdown mkd ", ending))
        return RAG_FORMAT_MARKDOWN;
    if (strcmp(ending, " rtf ") == 0 || has(head, n, 1, "{\\rtf"))
        return unreadable(error, "Word-processor documents cannot be read yet.");
    return RAG_FORMAT_TEXT;
}
