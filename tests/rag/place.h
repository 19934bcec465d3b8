/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * place.h: a folder of documents and a library beside it, with the real reader and a fake embedder.
 */
#pragma once

#include "rag/rag.h"

extern const char *place_reader; /* command of the reader child: argv[1] of the test */

struct place {
    char *top, *documents, *library; /* (owned) */
};
/* Fixture of g_test_add(): a folder of its own, removed with all in it. */
void place_set_up(struct place *place, gconstpointer data);
void place_tear_down(struct place *place, gconstpointer data);
#define PLACE_TEST(path, function)                                                                 \
    g_test_add(path, struct place, NULL, place_set_up, function, place_tear_down)

/* The path of a document, folders above it made; written with the text unless that is NULL. */
char *file(const struct place *place, const char *name, const char *text);
#define FILE_IN(place, name, text) g_free(file(place, name, text))

RagLibrary *open_library(const struct place *place);
struct rag_index_result index_paths(RagLibrary *library, const char *const *paths, size_t n);
struct rag_index_result index_documents(const struct place *place, RagLibrary *library);
/* Passages that hold the word. */
guint n_found(RagLibrary *library, const char *word);
/* Asserts that the consistency check finds nothing. */
void assert_sound(RagLibrary *library);
/* Why the file with that end of its path is no document; "" if nothing is said. */
const char *reason_of(const struct rag_index_result *result, const char *name);
