/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rag_index: find, read, embed. Scanning compares what is on disk with what is known and leaves
 * jobs; the two phases work the jobs off. All state is in the store, so a call that was cut off at
 * any point is continued by the next one.
 *
 * What vanished is removed only where that is sure: the root is there and not empty, and all its
 * folders could be read and entered. A root that is missing, cannot be entered, is a link that
 * leads nowhere now, or is suddenly empty (an unplugged disk leaves an
 * empty mount point) is offline: kept, and still searchable. It is removed after reading, not
 * before: a file that was moved is then known by its content, and is neither read nor embedded
 * again.
 */
#include "rag/ingest.h"

#include "index/catalogue.h"
#include "rag/scan.h"
#include <string.h>
#include <sys/stat.h>

enum { DEFAULT_TIMEOUT = 120, PROGRESS_FILES = 100 };

void rag_ingest_progress(const struct rag_ingest *ingest, enum rag_index_phase phase,
                         const char *path, int64_t n_done, int64_t n_total)
{
    struct rag_progress progress = {phase, path, n_done, n_total};
    if (ingest->options.on_progress)
        ingest->options.on_progress(&progress, ingest->options.data);
}

void rag_index_result_clear(struct rag_index_result *result)
{
    g_clear_pointer(&result->problems, g_ptr_array_unref);
}

static void add_problem(struct rag_index_result *result, const char *path, const char *reason,
                        bool skipped)
{
    g_ptr_array_add(result->problems, rag_problem_new(path, reason, skipped));
}

static void add_offline(struct rag_index_result *result, const char *path, const char *reason)
{
    struct rag_problem *problem = rag_problem_new(path, reason, false);
    problem->offline = true;
    g_ptr_array_add(result->problems, problem);
}

/* --- scanning -------------------------------------------------------------------------------- */

struct scan {
    struct rag_ingest *ingest;   /* (borrowed) */
    const struct idx_root *root; /* (borrowed) */
};

/* A root whose vanished files are to be removed. */
struct sweep {
    int64_t root, start;
};

static bool on_file(void *data, const struct rag_scan_file *found, GError **error)
{
    struct scan *scan = data;
    IdxStore *store = scan->ingest->library->store;
    struct rag_index_result *result = scan->ingest->result;
    struct idx_file file = {
        .path = found->path,
        .root = scan->root->id,
        .size = found->size,
        .mtime_ns = found->mtime_ns,
    };
    if (++result->n_seen % PROGRESS_FILES == 0)
        rag_ingest_progress(scan->ingest, RAG_PHASE_SCAN, found->path, result->n_seen, 0);
    if (found->reason && found->for_now) {
        bool kept = false;
        if (!idx_location_block(store, &file, found->reason, &kept, error))
            return false;
        if (kept)
            add_problem(result, found->path, found->reason, true);
        return true;
    }
    if (found->reason)
        return idx_location_skip(store, &file, found->reason, error);
    switch (idx_location_seen(store, &file, error)) {
    case IDX_SEEN_ERROR:
        return false;
    case IDX_SEEN_NEW:
        result->n_new++;
        break;
    case IDX_SEEN_CHANGED:
        result->n_changed++;
        break;
    case IDX_SEEN_SAME:
        result->n_same++;
        break;
    case IDX_SEEN_EXCLUDED:
        result->n_seen--;
        break;
    }
    return true;
}

/* A disk within a folder is a root of its own, scanned after this one: it may be away some day, and
   its files are then not gone. */
static bool on_mount(void *data, const char *path, bool *enter, GError **error)
{
    struct scan *scan = data;
    *enter = false;
    return idx_root_split(scan->ingest->library->store, scan->root, path, error) >= 0;
}

/* A single file that is gone was deleted; if its folder is gone too, a disk may be missing. */
static bool parent_is_there(const char *path)
{
    g_autofree char *parent = g_path_get_dirname(path);
    return g_file_test(parent, G_FILE_TEST_IS_DIR);
}

static bool after_scan(struct rag_ingest *ingest, const struct idx_root *root,
                       const struct rag_scan_result *scanned, int64_t start, GArray *sweeps,
                       GError **error)
{
    IdxStore *store = ingest->library->store;
    bool offline = scanned->missing ? !(root->is_file && parent_is_there(root->path))
                                    : scanned->n_files == 0 && !root->is_file;
    if (scanned->incomplete)
        add_problem(ingest->result, scanned->unreadable, RAG_CANNOT_LOOK, false);
    if (offline) {
        const struct idx_filter below = {.below = root->path};
        g_autoptr(GPtrArray) known = idx_list(store, &below, 0, 1, error);
        if (!known)
            return false;
        if (!scanned->incomplete && (scanned->missing || known->len))
            add_offline(ingest->result, root->path,
                        "This is missing or empty now; what was read from it is kept. Connect its "
                        "disk, or forget it.");
        return known->len == 0 && !scanned->missing
                   ? true
                   : idx_root_set_offline(store, root->id, true, error);
    }
    if (!idx_root_set_offline(store, root->id, false, error))
        return false;
    if (scanned->incomplete)
        return true;
    if (!idx_root_checked(store, root->id, start, error))
        return false;
    struct sweep sweep = {root->id, start};
    g_array_append_val(sweeps, sweep);
    return true;
}

static bool sweep_all(struct rag_ingest *ingest, GArray *sweeps, GError **error)
{
    for (guint i = 0; i < sweeps->len; i++) {
        struct sweep sweep = g_array_index(sweeps, struct sweep, i);
        int64_t n = idx_root_sweep(ingest->library->store, sweep.root, sweep.start, error);
        if (n < 0)
            return false;
        ingest->result->n_removed += n;
    }
    return true;
}

static bool scan_root(struct rag_ingest *ingest, const struct idx_root *root, GArray *sweeps,
                      GError **error)
{
    struct scan scan = {ingest, root};
    struct rag_scan_result scanned;
    struct rag_scan_options options = {
        .folder = !root->is_file,
        .leave_out = idx_dir(ingest->library->store),
        .on_file = on_file,
        .on_mount = on_mount,
        .data = &scan,
    };
    int64_t start = idx_time(ingest->library->store);
    rag_ingest_progress(ingest, RAG_PHASE_SCAN, root->path, ingest->result->n_seen, 0);
    if (!rag_scan(root->path, &options, &scanned, ingest->cancellable, error))
        return false;
    bool ok = after_scan(ingest, root, &scanned, start, sweeps, error);
    rag_scan_result_clear(&scanned);
    return ok;
}

static struct idx_root *find_root(GPtrArray *roots, const char *path)
{
    for (guint i = 0; i < roots->len; i++) {
        struct idx_root *root = roots->pdata[i];
        if (strcmp(root->path, path) == 0)
            return root;
    }
    return NULL;
}

/* A known root is named again: it is in the collection that is named with it, and what "cancel"
   left out below it is let in. */
static bool again(struct rag_ingest *ingest, const struct idx_root *root, GError **error)
{
    IdxStore *store = ingest->library->store;
    const char *name = ingest->options.collection;
    if (name && strcmp(name, root->collection) != 0) {
        int64_t collection = idx_collection_make(store, name, error);
        if (collection < 0 || !idx_root_move(store, root->id, collection, error))
            return false;
    }
    return idx_root_resume(store, root->path, error);
}

/* A path is there: so is every root above it, whatever the last scan of that one has found. */
static bool roots_are_back(IdxStore *store, GPtrArray *roots, const char *path, GError **error)
{
    for (guint i = 0; i < roots->len; i++) {
        const struct idx_root *root = roots->pdata[i];
        size_t n = strlen(root->path);
        if (root->offline && strncmp(path, root->path, n) == 0 && path[n] == '/' &&
            !idx_root_set_offline(store, root->id, false, error))
            return false;
    }
    return true;
}

/* Makes the path a root if it is there. One that is known is left as it is: adding it again would
   bring back what was forgotten below it. One that is known and not there is scanned all the same:
   that is how a deletion is noticed. */
static bool add_root(struct rag_ingest *ingest, const char *path, GError **error)
{
    IdxStore *store = ingest->library->store;
    struct stat st;
    g_autoptr(GPtrArray) roots = idx_roots(store, error);
    if (!roots)
        return false;
    const struct idx_root *known = find_root(roots, path);
    if (lstat(path, &st) != 0) {
        if (!known)
            add_problem(ingest->result, path, RAG_NOT_THERE, false);
        return true;
    }
    bool is_file = stat(path, &st) != 0 || !S_ISDIR(st.st_mode);
    const char *collection = ingest->options.collection;
    if (!known && idx_root_add(store, path, is_file, collection, error) < 0)
        return false;
    if ((known && !again(ingest, known, error)) || !roots_are_back(store, roots, path, error))
        return false;
    return !is_file || idx_retry(store, path, error) >= 0;
}

/* Named, or below what is named (a disk that was found there); with no names all are. */
static bool is_chosen(GPtrArray *paths, const char *path)
{
    bool chosen = paths->len == 0;
    for (guint i = 0; i < paths->len && !chosen; i++) {
        size_t n = strlen(paths->pdata[i]);
        chosen =
            strncmp(path, paths->pdata[i], n) == 0 && (n == 1 || path[n] == '/' || path[n] == '\0');
    }
    return chosen;
}

/* Scans the chosen roots that were not scanned yet; *any: there were some. */
static bool scan_roots(struct rag_ingest *ingest, GPtrArray *paths, GHashTable *scanned,
                       GArray *sweeps, bool *any, GError **error)
{
    g_autoptr(GPtrArray) roots = idx_roots(ingest->library->store, error);
    *any = false;
    for (guint i = 0; roots && i < roots->len; i++) {
        const struct idx_root *root = roots->pdata[i];
        if (!is_chosen(paths, root->path) || !g_hash_table_add(scanned, g_strdup(root->path)))
            continue;
        *any = true;
        if (!scan_root(ingest, root, sweeps, error))
            return false;
    }
    return roots != NULL;
}

static bool scan_all(struct rag_ingest *ingest, GPtrArray *paths, GArray *sweeps, GError **error)
{
    g_autoptr(GHashTable) scanned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < paths->len; i++) {
        if (!add_root(ingest, paths->pdata[i], error))
            return false;
    }
    for (bool any = true; any;) /* a scan may bring new roots */
        if (!scan_roots(ingest, paths, scanned, sweeps, &any, error))
            return false;
    return true;
}

/* --- what became of it ----------------------------------------------------------------------- */

static bool count_state(struct rag_ingest *ingest, enum idx_state state, const char *below,
                        int64_t *n, GError **error)
{
    IdxStore *store = ingest->library->store;
    const struct idx_filter filter = {.below = below, .states = 1 << state};
    if (state == IDX_READY) {
        int64_t ready = idx_list_count(store, &filter, error);
        *n += ready;
        return ready >= 0;
    }
    g_autoptr(GPtrArray) rows = idx_list(store, &filter, 0, -1, error);
    for (guint i = 0; rows && i < rows->len; i++) {
        const struct idx_location *location = rows->pdata[i];
        ++*n;
        add_problem(ingest->result, location->path, location->reason, state == IDX_SKIPPED);
    }
    return rows != NULL;
}

/* Is this path at or below another one of the list? Then it is counted there. */
static bool is_covered(GPtrArray *paths, guint i)
{
    for (guint k = 0; k < paths->len; k++) {
        const char *above = paths->pdata[k], *path = paths->pdata[i];
        size_t n = strlen(above);
        bool below = strncmp(path, above, n) == 0 && (path[n] == '/' || (!path[n] && k < i));
        if (k != i && below)
            return true;
    }
    return false;
}

static bool count_results(struct rag_ingest *ingest, GPtrArray *paths, GError **error)
{
    struct rag_index_result *result = ingest->result;
    for (guint i = 0; i < MAX(paths->len, 1); i++) {
        const char *below = paths->len ? paths->pdata[i] : NULL;
        if (below && is_covered(paths, i))
            continue;
        if (!count_state(ingest, IDX_READY, below, &result->n_ready, error) ||
            !count_state(ingest, IDX_FAILED, below, &result->n_failed, error) ||
            !count_state(ingest, IDX_SKIPPED, below, &result->n_skipped, error))
            return false;
    }
    return true;
}

/* What was not waited for: it lies elsewhere. */
static bool count_waiting(struct rag_ingest *ingest, GError **error)
{
    unsigned kinds = IDX_JOB_READ | (ingest->library->embedder ? IDX_JOB_EMBED : 0);
    g_autoptr(GError) cause = NULL;
    ingest->result->n_waiting = idx_jobs_pending(ingest->library->store, kinds, NULL, &cause);
    if (!cause)
        return true;
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

static double since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / 1e6;
}

static bool run(struct rag_ingest *ingest, GPtrArray *paths, GError **error)
{
    IdxStore *store = ingest->library->store;
    gint64 start = g_get_monotonic_time();
    g_autoptr(GArray) sweeps = g_array_new(FALSE, FALSE, sizeof(struct sweep));
    if (!scan_all(ingest, paths, sweeps, error))
        return false;
    gint64 scanned = g_get_monotonic_time();
    if (!rag_ingest_read(ingest, error) ||
        !idx_rate_add(store, IDX_RATE_READ, (double)ingest->n_read_bytes, since(scanned), error) ||
        !sweep_all(ingest, sweeps, error))
        return false;
    ingest->result->text_seconds = since(start);
    gint64 swept = g_get_monotonic_time();
    if (!rag_ingest_embed(ingest, error) ||
        !idx_rate_add(store, IDX_RATE_EMBED, (double)ingest->result->n_embedded, since(swept),
                      error))
        return false;
    ingest->result->vector_seconds = since(start);
    return count_results(ingest, paths, error) && count_waiting(ingest, error);
}

bool rag_index(RagLibrary *library, const char *const *paths, size_t n,
               const struct rag_index_options *options, struct rag_index_result *result,
               GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(!options || options->size == sizeof *options, false);
    *result =
        (struct rag_index_result){.problems = g_ptr_array_new_with_free_func(rag_problem_free)};
    struct rag_ingest ingest = {
        .library = library,
        .options = options ? *options : (struct rag_index_options){0},
        .result = result,
        .cancellable = cancellable,
    };
    if (!ingest.options.read_timeout_seconds)
        ingest.options.read_timeout_seconds = DEFAULT_TIMEOUT;
    if (!ingest.options.read_memory_bytes)
        ingest.options.read_memory_bytes = INT64_C(1) << 30;
    if (!ingest.options.max_file_bytes)
        ingest.options.max_file_bytes = RAG_MAX_FILE_BYTES;
    g_autoptr(GPtrArray) full = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(full, g_canonicalize_filename(paths[i], NULL));
    g_autoptr(GStrvBuilder) named = g_strv_builder_new();
    for (guint i = 0; i < full->len; i++)
        g_strv_builder_add(named, full->pdata[i]);
    g_auto(GStrv) below = g_strv_builder_end(named);
    ingest.paths = (const char *const *)below;
    if (run(&ingest, full, error))
        return true;
    rag_index_result_clear(result);
    return false;
}
