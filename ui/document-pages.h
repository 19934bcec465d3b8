/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document-pages.h: the items of a long list that are kept, in pages of DOCUMENT_PAGE. An item that
 * somebody holds is never let go of; of the others, those that were asked for last are kept.
 * Used by document-list.c alone.
 */
#pragma once

#include "ui/document-item.h"

#define DOCUMENT_PAGE 100

typedef struct document_pages DocumentPages;
DocumentPages *document_pages_new(void);
void document_pages_free(DocumentPages *pages);

/* The item at a position, made empty if it is not kept (borrowed). */
LecDocumentItem *document_pages_get(DocumentPages *pages, guint position);
/* NULL where it is not kept (borrowed). */
LecDocumentItem *document_pages_peek(DocumentPages *pages, guint position);
/* Puts an item (transfer full) there. */
void document_pages_put(DocumentPages *pages, guint position, LecDocumentItem *item);

/* Whether the page's items say what the library says. */
gboolean document_pages_is_loaded(DocumentPages *pages, guint page);
void document_pages_set_loaded(DocumentPages *pages, guint page, gboolean loaded);
/* Whether somebody else holds one of its items: a row on the screen, a selection. */
gboolean document_pages_is_held(DocumentPages *pages, guint page);
/* The longest run of neighbouring pages that are held; 0: none is. */
guint document_pages_held_run(DocumentPages *pages, guint *first);
/* Pages that are held and not loaded: array of guint (owned by the caller). */
GArray *document_pages_missing(DocumentPages *pages);

/* Moves what is held to where it stands after a change of the list: `removed` items at `position`
   gave way to `added` others, whose items are gone. Nothing is loaded afterwards. */
void document_pages_shift(DocumentPages *pages, guint position, guint removed, guint added);
/* Lets go of what nobody holds and was not asked for lately. */
void document_pages_trim(DocumentPages *pages);
/* Empties every item that is kept, those that are held too. */
void document_pages_empty(DocumentPages *pages);
guint document_pages_n_kept(DocumentPages *pages);
