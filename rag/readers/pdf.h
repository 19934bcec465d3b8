/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pdf.h: a PDF opened from its file, for reading and for drawing. Private to rag/readers/.
 */
#pragma once

#include <poppler.h>

/* The document (owned); NULL: *error of RAG_READ_ERROR says in a sentence why not. */
PopplerDocument *rag_pdf_open(int fd, GError **error);
