/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixture.h: a library in a scratch folder, and documents made of words.
 */
#pragma once

#include "index/catalogue.h"
#include "index/conversations.h"
#include "index/find.h"
#include "index/index.h"
#include <sqlite3.h>

#define DIM   16
#define LEASE 60

struct fixture {
    char *dir; /* (owned) */
    IdxStore *store;
    int64_t root, embedder;
};
void fixture_open(struct fixture *fixture); /* new folder, new library, root /docs */
void fixture_reopen(struct fixture *fixture);
void fixture_close(struct fixture *fixture); /* closes and removes the folder */

/* A new, empty folder; removed with all in it. */
char *scratch_new(void);
void scratch_remove(char *dir);

/* Sees the file (mtime as given), claims its job and stores texts (NULL-terminated) as its passages
   with a hash made from them. */
void fixture_put(struct fixture *fixture, const char *path, int64_t mtime,
                 const char *const *texts);
/* As above, one passage a path. */
void fixture_put1(struct fixture *fixture, const char *path, const char *text);
enum idx_seen fixture_see(struct fixture *fixture, const char *path, int64_t size, int64_t mtime);

/* A claimed read job: stores its path (or the text) as the only passage. */
void fixture_put_claimed(struct fixture *fixture, const struct idx_job *job);
bool fixture_try_put(struct fixture *fixture, const struct idx_job *job, const char *text,
                     GError **error);
void fixture_embed_claimed(struct fixture *fixture, const struct idx_job *job);

/* Gives every passage without a vector one (unit length, from its text), ends the embed jobs. */
void fixture_embed(struct fixture *fixture);
/* The vector that fixture_embed gives to a text. */
void vector_of(const char *text, int dim, float *out);

/* One value of a query on the library's own database, by another connection. */
int64_t fixture_count(const struct fixture *fixture, const char *sql);
/* Runs SQL behind the library's back (foreign keys off, triggers as they are). */
void fixture_spoil(const struct fixture *fixture, const char *sql);
/* Asserts that the consistency check finds nothing. */
void fixture_assert_clean(struct fixture *fixture);
/* Whether any file of the folder holds the string. */
bool folder_holds(const char *dir, const char *string);
/* State of the location with that path, as text; "" if there is none. (owned) */
char *fixture_state(const struct fixture *fixture, const char *path);
