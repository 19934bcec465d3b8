/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bert-vocabulary.h: the WordPiece vocabulary of a Hugging Face folder, as GGUF keys.
 *
 *     struct bert_vocabulary *v = bert_vocabulary_read(dir, 30522, &error);
 *     bert_vocabulary_put(v, writer);
 *     bert_vocabulary_free(v);
 */
#pragma once

#include "engine/gguf.h"
#include <glib.h>

struct bert_vocabulary;
/* n_rows: rows of the model's embedding table, which the ids must not exceed. */
struct bert_vocabulary *bert_vocabulary_read(const char *dir, int64_t n_rows, GError **error);
void bert_vocabulary_free(struct bert_vocabulary *vocabulary); /* NULL is legal */
void bert_vocabulary_put(const struct bert_vocabulary *vocabulary, struct gguf_writer *writer);
