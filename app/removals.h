/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * removals.h: what a person has removed and may still undo. A list without threads or storage;
 * LecLibrary hides what is in it, and does it when the time has come. Main thread.
 */
#pragma once

#include "app/library.h"

struct removal {
    guint token;
    LecRemoval kind;
    char *path; /* (owned) of REMOVE and FORGET */
    gint64 conversation;
    gboolean committed; /* on its way: cannot be undone, and stays hidden until it is done */
};

typedef struct removals Removals;
Removals *removals_new(void);
void removals_free(Removals *removals);

/* path: copied without slashes at its end. The entry is borrowed. */
const struct removal *removals_add(Removals *removals, LecRemoval kind, const char *path,
                                   gint64 conversation);
/* NULL: no such token. */
struct removal *removals_find(Removals *removals, guint token);
void removals_drop(Removals *removals, guint token);
GPtrArray *removals_list(Removals *removals); /* of struct removal, borrowed */

bool removals_hide_path(const Removals *removals, const char *path);
bool removals_hide_conversation(const Removals *removals, gint64 conversation);
/* Of gint64 (owned), NULL if none is hidden. */
GArray *removals_conversations(const Removals *removals);
/* NULL-terminated (owned); NULL if none is hidden. */
GStrv removals_paths(const Removals *removals);
/* Is the path one of the NULL-terminated list, or below one? */
bool removals_covers(const char *const *hidden, const char *path);

Removals *library_removals(LecLibrary *library); /* borrowed */
