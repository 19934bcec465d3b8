/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema-2.c: the step from version 1 of a library to version 2.
 *
 * A conversation was a list of messages; it becomes a tree of turns (a question, and what became of
 * it), of which one path is current. An answer keeps all that shows it again as it was: ranges of
 * its sentences, citations with their quotes, passages, what was thought.
 *
 * Words of titles, questions and answers are found through two FTS5 tables with external content.
 * Triggers keep them in step; as an entry is taken out by naming what it holds, an answer must
 * leave before its question.
 */
#include "index/schema.h"

static const char tables[] =
    "ALTER TABLE library ADD COLUMN draft TEXT NOT NULL DEFAULT '';" /* of no conversation yet */
    "ALTER TABLE roots ADD COLUMN checked_at INTEGER NOT NULL DEFAULT 0;" /* last whole scan */
    "ALTER TABLE conversations ADD COLUMN draft TEXT NOT NULL DEFAULT '';"
    /* the turn at which the current path ends; 0: there is none */
    "ALTER TABLE conversations ADD COLUMN head INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE answers RENAME TO answers_1;"
    "ALTER TABLE answer_passages RENAME TO answer_passages_1;"

    "CREATE TABLE turns("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,"
    " parent INTEGER REFERENCES turns(id) CHECK(parent < id)," /* no circles */
    " question TEXT NOT NULL,"
    " failure TEXT NOT NULL DEFAULT '',"
    " made_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX turns_siblings ON turns(conversation, parent);"
    "CREATE INDEX turns_parent ON turns(parent);"

    "CREATE TABLE answers(" /* all that is needed to show an answer again, and to make it again */
    " turn INTEGER PRIMARY KEY REFERENCES turns(id) ON DELETE CASCADE,"
    " text TEXT NOT NULL,"
    " thinking TEXT NOT NULL,"
    " query TEXT NOT NULL,"
    " supported INTEGER NOT NULL,"
    " from_documents INTEGER NOT NULL,"
    " stop TEXT NOT NULL,"
    " model TEXT NOT NULL,"
    " model_hash TEXT NOT NULL,"
    " settings TEXT NOT NULL," /* JSON */
    " seed INTEGER NOT NULL,"  /* the 64 bits of an unsigned number */
    " tokens BLOB NOT NULL,"   /* int32, little-endian */
    " prompt_tokens INTEGER NOT NULL,"
    " seconds REAL NOT NULL,"
    " search_seconds REAL NOT NULL,"
    " made_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE answer_passages(" /* copies that outlive the document */
    " answer INTEGER NOT NULL REFERENCES answers(turn) ON DELETE CASCADE,"
    " ord INTEGER NOT NULL," /* by rank, from 0 */
    " passage INTEGER NOT NULL,"
    " path BLOB NOT NULL,"
    " hash TEXT NOT NULL,"
    " title TEXT NOT NULL,"
    " heading TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " shown TEXT NOT NULL,"        /* as the model saw it */
    " shown_ord INTEGER NOT NULL," /* its number in the prompt, from 1; 0: not shown */
    " pos_kind TEXT NOT NULL,"
    " pos_from INTEGER NOT NULL,"
    " pos_to INTEGER NOT NULL,"
    " char_from INTEGER NOT NULL,"
    " char_to INTEGER NOT NULL,"
    " telling_from INTEGER NOT NULL,"
    " telling_to INTEGER NOT NULL,"
    " score REAL NOT NULL,"
    " text_score REAL,"
    " vector_score REAL,"
    " text_rank INTEGER NOT NULL,"
    " vector_rank INTEGER NOT NULL,"
    " PRIMARY KEY(answer, ord)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE answer_citations("
    " answer INTEGER NOT NULL REFERENCES answers(turn) ON DELETE CASCADE,"
    " n INTEGER NOT NULL,"       /* from 1 */
    " passage INTEGER NOT NULL," /* ord of its passage; -1: not kept */
    " path BLOB NOT NULL,"
    " hash TEXT NOT NULL,"
    " quote TEXT NOT NULL,"
    " pos_kind TEXT NOT NULL,"
    " pos_from INTEGER NOT NULL,"
    " pos_to INTEGER NOT NULL,"
    " score REAL NOT NULL,"
    " PRIMARY KEY(answer, n)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE answer_sentences("
    " answer INTEGER NOT NULL REFERENCES answers(turn) ON DELETE CASCADE,"
    " ord INTEGER NOT NULL,"
    " byte_from INTEGER NOT NULL,"
    " byte_to INTEGER NOT NULL,"
    " citation INTEGER NOT NULL," /* n; 0: unsupported */
    " PRIMARY KEY(answer, ord)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE answer_notes("
    " answer INTEGER NOT NULL REFERENCES answers(turn) ON DELETE CASCADE,"
    " kind TEXT NOT NULL CHECK(kind IN ('dropped', 'value')),"
    " ord INTEGER NOT NULL,"
    " text TEXT NOT NULL,"
    " PRIMARY KEY(answer, kind, ord)"
    ") STRICT, WITHOUT ROWID;";

/* In version 1 a conversation was a list of messages, question and answer by turns. A turn takes
   the id of its answer, which people have been told; where there is none, one beyond all of them.
   Where sentences began and ended was not kept, nor what was found but not shown. */
static const char rows[] =
    "CREATE TABLE pairs AS"
    " SELECT q.id AS question, q.conversation, q.ord, r.id AS reply, a.id AS answer,"
    "  coalesce(a.id, (SELECT coalesce(max(id), 0) FROM answers_1) + q.id) AS turn"
    " FROM messages q"
    " LEFT JOIN messages r ON r.conversation = q.conversation AND r.ord = q.ord + 1"
    "  AND r.role = 'assistant'"
    " LEFT JOIN answers_1 a ON a.message = r.id"
    " WHERE q.role = 'user' AND q.conversation IN (SELECT id FROM conversations);"
    "CREATE INDEX pairs_order ON pairs(conversation, ord);"
    "INSERT INTO turns(id, conversation, parent, question, made_at)"
    " SELECT p.turn, p.conversation,"
    "  (SELECT max(b.turn) FROM pairs b WHERE b.conversation = p.conversation AND b.ord < p.ord"
    "   AND b.turn < p.turn), m.text, m.made_at"
    " FROM pairs p JOIN messages m ON m.id = p.question ORDER BY p.turn;"
    "UPDATE conversations SET head ="
    " coalesce((SELECT max(id) FROM turns t WHERE t.conversation = conversations.id), 0);"
    "INSERT INTO answers SELECT p.turn, r.text, '', coalesce(a.query, ''),"
    "  coalesce(a.supported, 0), 1, '', coalesce(a.model, ''), coalesce(a.model_hash, ''),"
    "  coalesce(a.settings, ''), coalesce(a.seed, 0), coalesce(a.tokens, x''), 0, 0, 0, r.made_at"
    " FROM pairs p JOIN messages r ON r.id = p.reply LEFT JOIN answers_1 a ON a.id = p.answer;"
    "INSERT INTO answer_passages SELECT answer, ord, 0, path, hash, '', '', text, text, ord + 1,"
    "  pos_kind, pos_from, pos_to, 0, 0, 0, 0, score, NULL, NULL, 0, 0"
    " FROM answer_passages_1 WHERE answer IN (SELECT turn FROM answers);"
    "CREATE TABLE cited AS"
    " SELECT a.id AS answer, c.value ->> '$.n' AS n, c.value ->> '$.path' AS path,"
    "  c.value ->> '$.quote' AS quote, c.value ->> '$.score' AS score,"
    "  '[\"none\",\"page\",\"line\",\"slide\",\"sheet\",\"chapter\"]'"
    "   ->> (c.value ->> '$.position[0]') AS pos_kind,"
    "  c.value ->> '$.position[1]' AS pos_from, c.value ->> '$.position[2]' AS pos_to"
    " FROM answers_1 a,"
    "  json_each(iif(json_valid(a.citations), a.citations, '[]')) c"
    " WHERE a.id IN (SELECT turn FROM answers);"
    "INSERT OR IGNORE INTO answer_citations(answer, n, passage, path, hash, quote, pos_kind,"
    "  pos_from, pos_to, score)"
    " SELECT c.answer, c.n, coalesce(p.ord, -1), coalesce(p.path, CAST(c.path AS BLOB)),"
    "  coalesce(p.hash, ''), c.quote, c.pos_kind, c.pos_from, c.pos_to, CAST(c.score AS REAL)"
    " FROM cited c LEFT JOIN answer_passages p ON p.answer = c.answer AND p.ord ="
    "  (SELECT ord FROM (SELECT s.ord AS ord, instr(s.text, c.quote) = 0 AS other"
    "   FROM answer_passages s WHERE s.answer = c.answer"
    "   AND CAST(s.path AS TEXT) = c.path AND s.pos_kind = c.pos_kind"
    "   AND s.pos_from = c.pos_from AND s.pos_to = c.pos_to) ORDER BY other, ord LIMIT 1);"
    "DROP TABLE cited;"
    "DROP TABLE pairs;"
    "DROP TABLE answer_passages_1;"
    "DROP TABLE answers_1;"
    "DROP TABLE messages;";

/* Found again by the beginnings of words, without stems: titles and talk are in any language. What
   was said is never changed; a title may be. */
static const char words[] =
    "CREATE VIRTUAL TABLE title_words USING fts5("
    " title, content = 'conversations', content_rowid = 'id', prefix = '2 3',"
    " tokenize = 'unicode61 remove_diacritics 2');"
    "CREATE TRIGGER conversations_insert AFTER INSERT ON conversations BEGIN"
    " INSERT INTO title_words(rowid, title) VALUES(new.id, new.title);"
    "END;"
    "CREATE TRIGGER conversations_delete BEFORE DELETE ON conversations BEGIN"
    " INSERT INTO title_words(title_words, rowid, title) VALUES('delete', old.id, old.title);"
    "END;"
    "CREATE TRIGGER conversations_update BEFORE UPDATE OF title ON conversations BEGIN"
    " INSERT INTO title_words(title_words, rowid, title) VALUES('delete', old.id, old.title);"
    " INSERT INTO title_words(rowid, title) VALUES(old.id, new.title);"
    "END;"

    "CREATE VIEW turn_text(id, question, answer) AS"
    " SELECT t.id, t.question, coalesce(a.text, '')"
    " FROM turns t LEFT JOIN answers a ON a.turn = t.id;"
    "CREATE VIRTUAL TABLE turn_words USING fts5("
    " question, answer, content = 'turn_text', content_rowid = 'id', prefix = '2 3',"
    " tokenize = 'unicode61 remove_diacritics 2');"
    "CREATE TRIGGER turns_insert AFTER INSERT ON turns BEGIN"
    " INSERT INTO turn_words(rowid, question, answer) VALUES(new.id, new.question, '');"
    "END;"
    /* the answer goes first, so that what is taken out of the index is what is in it */
    "CREATE TRIGGER turns_delete BEFORE DELETE ON turns BEGIN"
    " DELETE FROM answers WHERE turn = old.id;"
    " INSERT INTO turn_words(turn_words, rowid, question, answer)"
    "  VALUES('delete', old.id, old.question, '');"
    "END;"
    "CREATE TRIGGER turns_update BEFORE UPDATE OF id, question ON turns BEGIN"
    " SELECT raise(ABORT, 'questions are never changed');"
    "END;"
    "CREATE TRIGGER answers_insert AFTER INSERT ON answers BEGIN"
    " INSERT INTO turn_words(turn_words, rowid, question, answer)"
    "  SELECT 'delete', id, question, '' FROM turns WHERE id = new.turn;"
    " INSERT INTO turn_words(rowid, question, answer)"
    "  SELECT id, question, new.text FROM turns WHERE id = new.turn;"
    "END;"
    "CREATE TRIGGER answers_delete BEFORE DELETE ON answers BEGIN"
    " INSERT INTO turn_words(turn_words, rowid, question, answer)"
    "  SELECT 'delete', id, question, old.text FROM turns WHERE id = old.turn;"
    " INSERT INTO turn_words(rowid, question, answer)"
    "  SELECT id, question, '' FROM turns WHERE id = old.turn;"
    "END;"
    "CREATE TRIGGER answers_update BEFORE UPDATE OF turn, text ON answers BEGIN"
    " SELECT raise(ABORT, 'answers are never changed');"
    "END;"
    "INSERT INTO title_words(title_words) VALUES('rebuild');"
    "INSERT INTO turn_words(turn_words) VALUES('rebuild');";

const char *const schema_2[] = {tables, rows, words, schema_2_documents, NULL};
