/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model-import.h: turns a Hugging Face folder of a BERT-family encoder into a GGUF file.
 *
 *     struct model_import_options options = {.name = "all-MiniLM-L6-v2", .type = GGUF_Q8_0};
 *     model_import_folder(dir, "all-minilm-l6-v2.gguf", &options, cancellable, &error);
 *
 * The same folder and options give the same bytes each time, so a result can be pinned by its
 * SHA-256. Any thread; blocks.
 */
#pragma once

#include "engine/gguf.h"
#include <gio/gio.h>

struct model_import_options {
    const char *name;    /* general.name; NULL: the folder's */
    const char *license; /* general.license; NULL: as the folder's README says, or none */
    const char *pooling; /* "mean" or "cls" for a folder that does not say; else NULL */
    enum gguf_type type; /* of the matrices: GGUF_Q8_0, GGUF_F16, GGUF_F32 */
};

/* Writes the file (by rename, so it is whole or not there). */
bool model_import_folder(const char *dir, const char *target,
                         const struct model_import_options *options, GCancellable *cancellable,
                         GError **error);
