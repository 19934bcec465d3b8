/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * services.h: the window's services without a window, in folders of their own, for tests.
 *
 *     int main(int argc, char **argv) { services_init(&argc, &argv); … }
 *     struct services services;
 *     services_start(&services);
 *     services_write(&services, "a.txt", "The notice period is three months.");
 *     UNTIL(lec_library_get_n_ready(services.library) == 1);
 *     services_end(&services);
 */
#pragma once

#include "app/chat.h"
#include "app/indexer.h"
#include "app/library-queries.h"

/* Before anything else: no model is found but those that are brought in, no setting is kept. */
void services_init(int *argc, char ***argv);
/* Makes a starter model findable; FALSE: it is not on this machine. */
gboolean services_bring_model(const char *file);
void services_take_models_away(void);
char *services_model_path(const char *file); /* where it is found then (owned) */

struct services {
    char *root, *dir,
        *docs;           /* (owned) all below root: the library's folder, a folder of documents */
    LecLibrary *library; /* (owned) these three NULL where closed */
    LecIndexer *indexer;
    LecChat *chat;
};
void services_start(struct services *services); /* returns when the library is no longer OPENING */
void services_open(struct services *services);  /* what services_close closed; does not wait */
void services_close(struct services *services);
void services_end(struct services *services); /* closes, and removes the folders */

char *services_write(struct services *services, const char *name,
                     const char *text); /* path (owned) */
/* Indexes the folder of documents, and waits for it. */
void services_index(struct services *services);

/* Iterates the main loop until the condition holds; a minute later the test fails. */
#define UNTIL(condition)                                                                           \
    for (gint64 until_ = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;;)                           \
        if (condition)                                                                             \
            break;                                                                                 \
        else                                                                                       \
            services_iterate(until_, __FILE__, __LINE__, #condition)
void services_iterate(gint64 until, const char *file, int line, const char *condition);
/* Iterates for so long. */
void services_wait(double seconds);

/* A callback that keeps the result for UNTIL(result). */
void services_on_result(GObject *object, GAsyncResult *result, gpointer where);
