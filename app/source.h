/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source.h: LecSource, one place in a document that an answer or a search shows.
 *
 *     g_autoptr(LecSource) source = lec_source_from_citation(answer, 0);
 *     gtk_label_set_text(label, lec_source_get_place(source));
 *
 * All properties are read-only and never change: "number" (uint; 0: none), "path" (bytes as the
 * file system has them), "name" and "folder" (to be shown), "position-kind" (enum rag_position),
 * "position-from", "position-to", "place" ("page 17", "" where there is none), "quote", "telling",
 * "heading", "hash" (of the content, "" if not known), "text-score", "vector-score" (double; NAN:
 * not known), "text-rank", "vector-rank" (int from 1; 0: not found that way).
 * Thread rule: made and used in the main thread.
 */
#pragma once

#include "rag/rag.h"
#include <glib-object.h>

#define LEC_TYPE_SOURCE (lec_source_get_type())
G_DECLARE_FINAL_TYPE(LecSource, lec_source, LEC, SOURCE, GObject)

/* A passage that a search found; its number in the list, 0 = none. The hit is only read. */
LecSource *lec_source_from_hit(const struct rag_hit *hit, guint number);
/* The index-th citation of the answer, which is only read; its number is the citation's n. */
LecSource *lec_source_from_citation(const RagAnswer *answer, guint index);

guint lec_source_get_number(LecSource *self);
const char *lec_source_get_path(LecSource *self);
const char *lec_source_get_name(LecSource *self);
const char *lec_source_get_folder(LecSource *self);
enum rag_position lec_source_get_position_kind(LecSource *self);
int lec_source_get_position_from(LecSource *self);
int lec_source_get_position_to(LecSource *self);
const char *lec_source_get_place(LecSource *self);
/* A hit's whole passage; a citation's sentences that support the answer. */
const char *lec_source_get_quote(LecSource *self);
/* The part of quote to highlight; "": all of it. */
const char *lec_source_get_telling(LecSource *self);
const char *lec_source_get_heading(LecSource *self);
const char *lec_source_get_hash(LecSource *self);
double lec_source_get_text_score(LecSource *self);
double lec_source_get_vector_score(LecSource *self);
int lec_source_get_text_rank(LecSource *self);
int lec_source_get_vector_rank(LecSource *self);

/* "contract.pdf, p. 17", for the clipboard (owned by the caller). */
char *lec_source_citation(LecSource *self);
