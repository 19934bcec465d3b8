/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scope.h: what a question is asked about: all documents, one collection, or some files.
 *
 *     g_auto(GStrv) paths = lec_scope_dup_paths(scope);
 *     lec_chat_ask(chat, &(struct lec_question){.text = text, .scope = (const char *const
 * *)paths});
 *
 * Signal: "changed". Naming a file narrows the scope to the files that are named; choosing a
 * collection lets go of them.
 */
#pragma once

#include <gio/gio.h>

#define LEC_TYPE_SCOPE (lec_scope_get_type())
G_DECLARE_FINAL_TYPE(LecScope, lec_scope, LEC, SCOPE, GObject)

LecScope *lec_scope_new(void);
/* id 0: all documents; name and paths (of its roots) are copied, NULL then. */
void lec_scope_set_collection(LecScope *self, gint64 id, const char *name,
                              const char *const *paths);
gint64 lec_scope_get_collection(LecScope *self);
void lec_scope_add_file(LecScope *self, const char *path);
void lec_scope_remove_file(LecScope *self, GFile *file);
void lec_scope_clear_files(LecScope *self);
/* Of GFile, borrowed. */
GListModel *lec_scope_get_files(LecScope *self);
/* For lec_question and searches: NULL = everything (owned by the caller). */
GStrv lec_scope_dup_paths(LecScope *self);
/* "All documents", "Flat", "2 files" (owned by the caller). */
char *lec_scope_dup_label(LecScope *self);
