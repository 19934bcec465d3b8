/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue.c: documents page by page.
 *
 * A page at any place of a list of 50,000 has to come within 10 ms, while documents are coming in.
 * So nothing is kept between calls: each order has an index that also holds what a filter asks for
 * (root and state), and a page is a walk along it, which reads no row of the table. Only the rows
 * of the page itself are then looked up, one by one. The walk is O(offset): 1 ms for 50,000 entries
 * without a filter, 4 ms with one (bench-catalogue).
 *
 * The statement is put together from constant pieces; a person's words are bound, never spliced.
 */
#include "index/catalogue.h"

#include "index/store.h"

#define MAX_WORDS  8
#define MAX_VALUES (8 + MAX_WORDS)

static enum idx_state state_of(const char *name)
{
    for (int i = 0; i < IDX_OFFLINE; i++)
        if (strcmp(name, idx_state_name((enum idx_state)i)) == 0)
            return (enum idx_state)i;
    return IDX_FAILED; /* the table's CHECK knows no other name */
}

char *catalogue_name(const char *path)
{
    g_autofree char *name = g_path_get_basename(path), *shown = g_filename_display_name(name);
    g_autofree char *whole = g_utf8_normalize(shown, -1, G_NORMALIZE_ALL_COMPOSE);
    return g_utf8_casefold(whole ? whole : shown, -1);
}

static void name_in_sql(sqlite3_context *context, int n, sqlite3_value **values)
{
    g_autofree char *path =
        g_strndup(sqlite3_value_blob(values[0]), (gsize)sqlite3_value_bytes(values[0]));
    sqlite3_result_text(context, catalogue_name(path), -1, g_free);
}

bool catalogue_function(sqlite3 *db)
{
    return sqlite3_create_function(db, "catalogue_name", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   NULL, name_in_sql, NULL, NULL) == SQLITE_OK;
}

/* --- the statement ---------------------------------------------------------------------------- */

struct query {
    GString *sql;                        /* (owned) */
    struct sql_value values[MAX_VALUES]; /* for ?1, ?2 …; SQL_KIND_END after the last */
    int n_values;
    char *below, *from, *to; /* (owned) */
    GStrv words;             /* (owned) */
};

static void query_clear(struct query *query)
{
    g_string_free(query->sql, true);
    g_free(query->below);
    g_free(query->from);
    g_free(query->to);
    g_strfreev(query->words);
}

static void bind(struct query *query, struct sql_value value)
{
    query->values[query->n_values++] = value;
}

/* "?3": the next value. */
static void append_value(struct query *query, struct sql_value value)
{
    bind(query, value);
    g_string_append_printf(query->sql, "?%d", query->n_values);
}

/* + keeps the planner from walking the index of roots: it would have to sort all it finds. */
#define OF_OFFLINE_ROOT "+l.root IN (SELECT id FROM roots WHERE offline)"

static void add_states(struct query *query, int states)
{
    const char * or = "";
    if (states == 0)
        return;
    g_string_append(query->sql, " AND (");
    if (states & 1 << IDX_OFFLINE) {
        g_string_append(query->sql, OF_OFFLINE_ROOT);
        or = " OR ";
    }
    if (states & ((1 << IDX_OFFLINE) - 1)) {
        g_string_append_printf(query->sql, "%s(+l.state IN (", or);
        const char *comma = "";
        for (int i = 0; i < IDX_OFFLINE; i++) {
            if (!(states & 1 << i))
                continue;
            g_string_append_printf(query->sql, "%s'%s'", comma, idx_state_name((enum idx_state)i));
            comma = ", ";
        }
        g_string_append(query->sql, ") AND NOT " OF_OFFLINE_ROOT ")");
    }
    g_string_append_c(query->sql, ')');
}

static void add_words(struct query *query, const char *words)
{
    g_autofree char *valid = g_utf8_make_valid(words, -1);
    g_autofree char *whole = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *fold = g_utf8_casefold(whole ? whole : valid, -1);
    query->words = g_strsplit_set(fold, " \t\n", -1);
    int n = 0;
    for (char **word = query->words; *word && n < MAX_WORDS; word++) {
        if (!**word)
            continue;
        g_string_append(query->sql, " AND instr(l.name, ");
        append_value(query, SQL_TEXT(*word));
        g_string_append(query->sql, ") > 0");
        n++;
    }
}

static void add_conditions(struct query *query, const struct idx_filter *filter)
{
    /* the one index that has names; what is found is sorted then, mostly it is little */
    g_string_append(query->sql, filter->words
                                    ? " FROM locations l INDEXED BY locations_name WHERE 1"
                                    : " FROM locations l WHERE 1");
    if (filter->collection) {
        g_string_append(query->sql, " AND +l.root IN (SELECT id FROM roots WHERE collection = ");
        append_value(query, SQL_INT(filter->collection));
        g_string_append_c(query->sql, ')');
    }
    if (filter->below) {
        query->below = places_clean(filter->below);
        places_below(query->below, &query->from, &query->to);
        g_string_append(query->sql, " AND (l.path = ");
        append_value(query, SQL_BYTES(query->below));
        g_string_append(query->sql, " OR (l.path >= ");
        append_value(query, SQL_BYTES(query->from));
        g_string_append(query->sql, " AND l.path < ");
        append_value(query, SQL_BYTES(query->to));
        g_string_append(query->sql, "))");
    }
    add_states(query, filter->states);
    if (filter->words)
        add_words(query, filter->words);
}

static const struct {
    const char *forwards, *backwards;
} orders[] = {
    [IDX_BY_TROUBLE] = {"(l.state <> 'failed'), l.path", "(l.state <> 'failed') DESC, l.path DESC"},
    [IDX_BY_NAME] = {"l.name, l.path", "l.name DESC, l.path DESC"},
    [IDX_BY_FOLDER] = {"l.path", "l.path DESC"},
    [IDX_BY_TIME] = {"l.mtime_ns DESC, l.id DESC", "l.mtime_ns, l.id"},
    [IDX_BY_SIZE] = {"l.size DESC, l.id DESC", "l.size, l.id"},
};

/* Runs the statement. The cache of statements knows them by address: an interned string has one,
   and there are only so many ways to filter. */
static SqlRows *run(IdxStore *store, struct query *query, GError **error)
{
    query->values[query->n_values] = (struct sql_value){.kind = SQL_KIND_END};
    return sql_query(store, g_intern_string(query->sql->str), query->values, error);
}

int64_t idx_list_count(IdxStore *store, const struct idx_filter *filter, GError **error)
{
    struct query query = {.sql = g_string_new("SELECT count(*)")};
    int64_t n = -1;
    bool there = false;
    add_conditions(&query, filter);
    {
        g_autoptr(SqlRows) rows = run(store, &query, error);
        if (rows && sql_next(store, rows, &there, error))
            n = sqlite3_column_int64(rows, 0);
    }
    query_clear(&query);
    return n;
}

/* --- rows -------------------------------------------------------------------------------------
 */

void idx_location_free(struct idx_location *location)
{
    if (!location)
        return;
    g_free(location->path);
    g_free(location->reason);
    g_free(location->note);
    g_free(location->title);
    g_free(location->format);
    g_free(location);
}

/* The last columns: passages, and how many of them have a vector. All of them if no work on them is
   left; else they are counted along the range of their ids, which one transaction has given. */
#define LOCATION_QUERY(condition)                                                                  \
    "SELECT l.id, l.path, l.size, l.mtime_ns, iif(r.offline, 'offline', l.state), l.reason,"       \
    " coalesce(c.note, ''), coalesce(l.content, 0), coalesce(c.title, ''), coalesce(c.format, "    \
    "''),"                                                                                         \
    " coalesce(c.n_pages, 0), coalesce(c.n_passages, 0),"                                          \
    " CASE WHEN c.id IS NULL THEN 0"                                                               \
    "  WHEN NOT EXISTS(SELECT 1 FROM jobs j WHERE j.content = c.id) THEN c.n_passages"             \
    "  ELSE (SELECT count(DISTINCT v.passage) FROM vectors v WHERE v.passage BETWEEN"              \
    "   (SELECT id FROM passages WHERE content = c.id ORDER BY ord LIMIT 1) AND"                   \
    "   (SELECT id FROM passages WHERE content = c.id ORDER BY ord DESC LIMIT 1)) END"             \
    " FROM locations l JOIN roots r ON r.id = l.root LEFT JOIN contents c ON c.id = l.content"     \
    " WHERE " condition

static struct idx_location *location_of(SqlRows *rows)
{
    struct idx_location *location = g_new0(struct idx_location, 1);
    g_autofree char *state = sql_column_text(rows, 4);
    location->id = sqlite3_column_int64(rows, 0);
    location->path = sql_column_path(rows, 1);
    location->size = sqlite3_column_int64(rows, 2);
    location->mtime_ns = sqlite3_column_int64(rows, 3);
    location->state = strcmp(state, "offline") == 0 ? IDX_OFFLINE : state_of(state);
    location->reason = sql_column_text(rows, 5);
    location->note = sql_column_text(rows, 6);
    location->content = sqlite3_column_int64(rows, 7);
    location->title = sql_column_text(rows, 8);
    location->format = sql_column_text(rows, 9);
    location->n_pages = sqlite3_column_int(rows, 10);
    location->n_passages = sqlite3_column_int(rows, 11);
    location->n_embedded = sqlite3_column_int(rows, 12);
    return location;
}

static bool add_location(IdxStore *store, int64_t id, GPtrArray *out, GError **error)
{
    bool there = false;
    g_autoptr(SqlRows) rows =
        sql_query(store, LOCATION_QUERY("l.id = ?1"), SQL(SQL_INT(id)), error);
    if (!rows || !sql_next(store, rows, &there, error))
        return false;
    if (there)
        g_ptr_array_add(out, location_of(rows));
    return true;
}

static GArray *page_ids(IdxStore *store, const struct idx_filter *filter, int64_t offset,
                        int64_t limit, GError **error)
{
    struct query query = {.sql = g_string_new("SELECT l.id")};
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    bool there = true, ok = false;
    add_conditions(&query, filter);
    g_string_append_printf(query.sql, " ORDER BY %s LIMIT ",
                           filter->descending ? orders[filter->order].backwards
                                              : orders[filter->order].forwards);
    append_value(&query, SQL_INT(limit));
    g_string_append(query.sql, " OFFSET ");
    append_value(&query, SQL_INT(offset));
    {
        g_autoptr(SqlRows) rows = run(store, &query, error);
        while (rows && (ok = sql_next(store, rows, &there, error)) && there) {
            int64_t id = sqlite3_column_int64(rows, 0);
            g_array_append_val(ids, id);
        }
    }
    query_clear(&query);
    return ok ? g_steal_pointer(&ids) : NULL;
}

GPtrArray *idx_list(IdxStore *store, const struct idx_filter *filter, int64_t offset, int64_t limit,
                    GError **error)
{
    g_return_val_if_fail((unsigned)filter->order < G_N_ELEMENTS(orders), NULL);
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)idx_location_free);
    if (!sql_begin_read(store, error)) /* ids and rows of one moment */
        return NULL;
    g_autoptr(GArray) ids = page_ids(store, filter, offset, limit, error);
    bool ok = ids != NULL;
    for (guint i = 0; ok && i < ids->len; i++)
        ok = add_location(store, g_array_index(ids, int64_t, i), out, error);
    return sql_end(store, ok, error) ? g_steal_pointer(&out) : NULL;
}

struct idx_location *idx_location_get(IdxStore *store, const char *path, GError **error)
{
    g_autofree char *clean = places_clean(path);
    bool there = false;
    g_autoptr(SqlRows) rows =
        sql_query(store, LOCATION_QUERY("l.path = ?1"), SQL(SQL_BYTES(clean)), error);
    return rows && sql_next(store, rows, &there, error) && there ? location_of(rows) : NULL;
}
