/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * embed-text.h: what of a passage the embedder reads. Ingest and search must agree on it.
 */
#pragma once

/* Title and heading path ("" if none) stand before the text. Caller frees. */
char *rag_embed_text(const char *title, const char *heading, const char *text);
