/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder's error domain (rag.h). A file of its own, for the reader child needs nothing else of
   the library. */
#include "rag/rag.h"

G_DEFINE_QUARK(rag - error - quark, rag_error)
