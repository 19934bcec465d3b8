/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model-library.h: which models there are, and which one a name means.
 *
 *     g_autoptr(ModelLibrary) models = model_library_open();
 *     const struct model *model = model_library_find(models, "smollm2", &error);
 *     const struct model *chat = model_library_default(models, MODEL_CHAT, &error);
 *
 * Thread rule: a library is a snapshot, and belongs to one thread.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

struct model {
    char *id;      /* (owned) of the catalogue, or the file's name without ".gguf" */
    char *title;   /* (owned) */
    char *role;    /* (owned) "chat", "chat-small", "embedder"; NULL: not in the catalogue */
    char *license; /* (owned) NULL: not known */
    char *file;    /* (owned) file name */
    char *path;    /* (owned) NULL: in the catalogue, but not on this machine */
    char *sha256;  /* (owned) what the file should have; NULL: nobody said */
    int64_t bytes; /* on disk, else by the catalogue */
};

enum model_purpose { MODEL_CHAT, MODEL_EMBEDDER };

typedef struct model_library ModelLibrary;
ModelLibrary *model_library_open(void);
void model_library_free(ModelLibrary *library);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelLibrary, model_library_free)

/* Of struct model: the catalogue's first, then the others by file name. Borrowed. */
GPtrArray *model_library_list(const ModelLibrary *library);
/* By id, file name, path, or the unique beginning of an id or file name; borrowed. The model is on
   this machine. */
const struct model *model_library_find(ModelLibrary *library, const char *name, GError **error);
/* The catalogue's model for the purpose if it is here, else any that can serve it; borrowed. */
const struct model *model_library_default(const ModelLibrary *library, enum model_purpose purpose,
                                          GError **error);

/* Can this file, which must be there, serve the purpose? By its role, else asked of the engine. */
bool model_serves(const struct model *model, enum model_purpose purpose);

/* SHA-256 of the model's file (owned): the recorded one where the record is not older than the
   file, else computed. Names the model in a library's vectors. */
char *model_identity(const struct model *model, GCancellable *cancellable, GError **error);
/* Writes path.sha256 beside an imported model, in the format of sha256sum. */
bool model_record_sha256(const char *path, GCancellable *cancellable, GError **error);
/* Compares the file with its expected SHA-256 (if known: *compared) and loads it once. */
bool model_verify(const struct model *model, bool *compared, GCancellable *cancellable,
                  GError **error);
