/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an ending says of a file by itself: kinds that are known but cannot be read, each with the
 * sentence that names it. The program that scans folders needs no more than this; what a file
 * really is its bytes decide, in the reader (detect.c).
 */
#include "rag/readers/kinds.h"

#include <glib.h>
#include <string.h>

struct ending {
    const char *endings; /* space before and after each */
    const char *sentence;
};

static const struct ending later[] = {
    {" docx doc odt rtf dotx ", "Word-processor documents cannot be read yet."},
    {" xlsx xls ods ", "Spreadsheets cannot be read yet."},
    {" pptx ppt odp ", "Presentations cannot be read yet."},
    {" epub mobi azw3 ", "E-books cannot be read yet."},
    {" eml mbox msg ", "Mail files cannot be read yet."},
    {" djvu ps eps ", "This page format cannot be read yet."},
};

static const struct ending never[] = {
    {" png jpg jpeg gif webp bmp tif tiff svg ico heic avif psd xcf raw ",
     "Pictures cannot be read."},
    {" mp3 ogg oga opus flac wav m4a aac wma mid ", "Sound files cannot be read."},
    {" mp4 mkv webm avi mov wmv mpg mpeg m4v ", "Videos cannot be read."},
    {" zip tar gz tgz bz2 xz zst 7z rar jar deb rpm iso img cab ",
     "Archives are not opened; unpack it to have its documents read."},
    {" exe dll so a o obj class pyc pyo wasm ko bin elf lib ", "Programs are not documents."},
    {" sqlite sqlite3 db mdb sqlite-wal sqlite-shm db-wal db-shm ", "Databases cannot be read."},
    {" ttf otf woff woff2 eot pfb ", "Fonts are not documents."},
    {" gguf safetensors onnx pt pth npy npz faiss ", "Model files are not documents."},
    {" css js mjs map min.js lock ", "Style sheets and scripts of web pages are not read."},
};

char *rag_kind_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    g_autofree char *lower = g_ascii_strdown(dot && dot != name ? dot + 1 : "", -1);
    return g_strdup_printf(" %s ", lower);
}

static const char *find_ending(const struct ending *list, size_t n, const char *ending)
{
    for (size_t i = 0; i < n && strlen(ending) > 2; i++) {
        if (strstr(list[i].endings, ending))
            return list[i].sentence;
    }
    return NULL;
}

const char *rag_kind_later(const char *ending)
{
    return find_ending(later, G_N_ELEMENTS(later), ending);
}

const char *rag_detect_by_name(const char *name)
{
    g_autofree char *ending = rag_kind_ending(name);
    const char *sentence = find_ending(never, G_N_ELEMENTS(never), ending);
    return sentence ? sentence : rag_kind_later(ending);
}
