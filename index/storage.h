/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storage.h: the one module that opens, reads, writes, renames or removes a file of a library.
 * Internal to index/.
 *
 * A library is a folder (0700) with library.db (SQLite, and its -wal and -shm beside it) and one
 * sealed file per embedder (vectors-N.faiss). All are 0600.
 */
#pragma once

#include "index/index.h"
#include <sqlite3.h>
#include <stdio.h>

/* Makes the folder and an empty database file where they are missing and IDX_CREATE allows. */
bool storage_prepare(const char *dir, unsigned flags, GError **error);
/* Version and application id as the database file's header has them, without touching it; both 0
   for an empty file. IDX_ERROR_CORRUPT if it is no database. *header (NULL if the file cannot be
   opened, else set on errors too) is closed after the connection is. */
struct storage_header;
bool storage_peek(const char *dir, struct storage_header **header, int64_t *version,
                  int64_t *application, GError **error);
void storage_header_close(struct storage_header *header); /* NULL is legal */
/* IDX_ERROR_NOT_FOUND unless the database in the folder is the file that `header` has open. */
bool storage_same_file(const char *dir, const struct storage_header *header, GError **error);
/* May a database be written there? IDX_ERROR_READ_ONLY or IDX_ERROR_IO if not. */
bool storage_can_write(const char *dir, GError **error);
/* A connection with busy timeout; nothing is written by opening. */
sqlite3 *storage_database(const char *dir, const struct idx_key *key, unsigned flags,
                          GError **error);
/* Bytes of the database with its log. */
int64_t storage_database_bytes(const char *dir);
/* Between these, SQLite's temporary files are made in this folder, not in the system's: what a
   library holds stays in its folder. One library at a time, others wait. */
void storage_temporary_begin(const char *dir);
void storage_temporary_end(void);

/*
 * A sealed file carries its length and a checksum, and is replaced as a whole: written beside its
 * name, synced, renamed. Only one process writes a given name at a time.
 */
struct storage_writer;
/* NULL without error: another process is writing this file just now, let it. */
struct storage_writer *storage_write(const char *dir, const char *name, const struct idx_key *key,
                                     GError **error);
FILE *storage_writer_file(struct storage_writer *writer);
/* Frees the writer; with ok the new file stands under its name (unless it was removed
   meanwhile, which is no error), else nothing has changed. False without error if ok is false and
   no write has failed. */
bool storage_writer_end(struct storage_writer *writer, bool ok, GError **error);

/* Positioned at the content. IDX_ERROR_NOT_FOUND, or IDX_ERROR_CORRUPT if length or checksum do
   not agree (the checksum is looked at only with verify). */
FILE *storage_read(const char *dir, const char *name, const struct idx_key *key, bool verify,
                   GError **error);
/* -1 if it is not there. */
int64_t storage_bytes(const char *dir, const char *name);
/* Removes the sealed files that fit the pattern. With unfinished also those that a process is
   writing just now, or was killed over: its storage_writer_end then makes no file. */
void storage_remove(const char *dir, const char *pattern, bool unfinished);
