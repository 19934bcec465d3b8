/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cite.h: which passage supports which sentence of an answer. The program decides; the model is not
 * asked and its own marks are not believed.
 *
 *     double score = rag_support_score(sentence_terms, passage_terms, NULL, cosine);
 *     if (score >= RAG_SUPPORT_MIN) …
 */
#pragma once

#include "rag/rag.h"
#include "rag/words.h"

/* A sentence is supported from here on. Chosen on general grounds (docs/RETRIEVAL.md). */
#define RAG_SUPPORT_MIN 0.5

/*
 * How surely `text` says what `sentence` says, 0…1: shared words and likeness of meaning, lowered
 * for each value of the sentence that the text lacks and where only one of the two negates.
 * given: NULL, or what was known before (the question): its words in the sentence are no claim and
 * count half. cosine: of their vectors; NAN without an embedder.
 */
double rag_support_score(const RagTerms *sentence, const RagTerms *text, const RagTerms *given,
                         double cosine);

/*
 * Splits the answer into sentences (of struct rag_sentence, appended to `sentences`) and gives each
 * the best supporting stretch of one to three sentences among the hits that are in_prompt; what is
 * cited is appended to `citations` (of struct rag_citation). A sentence that only halves have
 * support for becomes two. Passages are compared with their heading and title in mind. embedder may
 * be NULL.
 */
bool rag_cite(const char *answer, const char *question, GPtrArray *hits, struct engine *embedder,
              GArray *sentences, GPtrArray *citations, GError **error);
/* Numbers, dates and identifiers of the answer that no passage in the prompt holds: strings as the
   answer has them, each once. Caller owns the array. */
GPtrArray *rag_unsupported_values(const char *answer, GPtrArray *hits);
void rag_citation_free(struct rag_citation *citation);
