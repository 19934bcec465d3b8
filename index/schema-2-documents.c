/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema-2-documents.c: what version 2 adds about documents: what a list of them needs
 * (catalogue.c), how fast they came in, where the pages of a passage begin.
 */
#include "index/schema.h"

const char schema_2_documents[] =
    /* the file's name, case folded: catalogue_name */
    "ALTER TABLE locations ADD COLUMN name TEXT NOT NULL DEFAULT '';"
    "UPDATE locations SET name = catalogue_name(path);"
    /* what has looked at it last; after another version it is looked at again */
    "ALTER TABLE locations ADD COLUMN reader_version INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE contents ADD COLUMN n_passages INTEGER NOT NULL DEFAULT 0;"
    "UPDATE contents SET n_passages ="
    " (SELECT count(*) FROM passages WHERE content = contents.id);"
    /* a disk that was found within another root: that root's id; 0: added by a person */
    "ALTER TABLE roots ADD COLUMN within INTEGER NOT NULL DEFAULT 0;"
    /* left out by "cancel", let in again with its folder */
    "ALTER TABLE exclusions ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;"
    /* "12:4 40:6": at character 12 of its text page (line, slide …) 4 begins, at 40 page 6 */
    "ALTER TABLE passages ADD COLUMN breaks TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE rates("
    " kind TEXT PRIMARY KEY," /* read: bytes of files; embed: passages */
    " amount REAL NOT NULL CHECK(amount > 0),"
    " seconds REAL NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    /* one for each order, with what is filtered by: a page reads no row of the table */
    "DROP INDEX locations_root;"
    "CREATE INDEX locations_root ON locations(root, state);"
    "CREATE INDEX locations_trouble ON locations((state <> 'failed'), path, root, state);"
    "CREATE INDEX locations_name ON locations(name, path, root, state);"
    "CREATE INDEX locations_folder ON locations(path, root, state);"
    "CREATE INDEX locations_time ON locations(mtime_ns, id, root, state);"
    "CREATE INDEX locations_size ON locations(size, id, root, state);";
