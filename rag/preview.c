/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walk of a scan, counted instead of recorded.
 *
 * How long it will take is told from this library's own past: seconds for a byte read, passages
 * that a byte of that kind of file became, seconds for a passage embedded. Without a past it is not
 * told. A kind is guessed by the ending, as no file is opened.
 */
#include "rag/preview.h"

#include "index/catalogue.h"
#include "rag/ingest.h"
#include "rag/scan.h"
#include <string.h>
#include <sys/stat.h>

#define MAX_LEFT_OUT 8

static const struct kind {
    const char *name, *format; /* format: as contents name it */
    const char *endings;       /* space before and after each; NULL: all others */
} kinds[] = {
    {"PDF", "pdf", " pdf "},
    {"HTML", "html", " html htm xhtml "},
    {"Markdown", "markdown", " md markdown mdown mkd "},
    {"Text", "text", " txt text log csv tsv rst tex org json xml yaml yml ini conf "},
    {"Other files, as far as they hold text", "text", NULL},
};

struct preview {
    RagLibrary *library;
    struct rag_preview *out;
    GHashTable *reasons; /* (owned) sentence → number */
    int64_t n[G_N_ELEMENTS(kinds)], n_bytes[G_N_ELEMENTS(kinds)];
    bool check_exclusions;
};

static size_t kind_of(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    const char *dot = strrchr(name, '.');
    g_autofree char *lower = g_ascii_strdown(dot ? dot + 1 : "", -1);
    g_autofree char *ending = g_strdup_printf(" %s ", lower);
    size_t i = 0;
    while (kinds[i].endings && (strlen(ending) <= 2 || !strstr(kinds[i].endings, ending)))
        i++;
    return i;
}

static void leave_out(struct preview *preview, const char *reason)
{
    int64_t n = 1 + GPOINTER_TO_SIZE(g_hash_table_lookup(preview->reasons, reason));
    g_hash_table_insert(preview->reasons, (gpointer)reason, GSIZE_TO_POINTER(n));
    preview->out->n_left_out++;
}

static bool on_file(void *data, const struct rag_scan_file *found, GError **error)
{
    struct preview *preview = data;
    IdxStore *store = preview->library->store;
    const struct idx_file file = {
        .path = found->path, .size = found->size, .mtime_ns = found->mtime_ns};
    bool known = false;
    if (found->reason) {
        leave_out(preview, found->reason);
        return true;
    }
    if (found->size > RAG_MAX_FILE_BYTES) {
        leave_out(preview, "Larger than 200 MB.");
        return true;
    }
    if (preview->check_exclusions) {
        g_autoptr(GError) problem = NULL;
        if (idx_excluded(store, found->path, &problem)) {
            leave_out(preview, "Taken out of the library before.");
            return true;
        }
        if (problem) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
    }
    if (!idx_location_known(store, &file, &known, error))
        return false;
    if (known) {
        preview->out->n_known++;
        return true;
    }
    size_t kind = kind_of(found->path);
    preview->n[kind]++;
    preview->n_bytes[kind] += found->size;
    preview->out->n_files++;
    preview->out->n_bytes += found->size;
    return true;
}

/* --- the paths ---------------------------------------------------------------------------------
 */

static bool is_below(const char *path, const char *above)
{
    size_t n = strlen(above);
    return strncmp(path, above, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* Why the path cannot be added; NULL if it can. */
static const char *objection(RagLibrary *library, const char *path)
{
    struct stat st;
    g_autofree char *remote = g_build_filename(g_get_user_runtime_dir(), "gvfs", NULL);
    if (is_below(path, remote))
        return "This is on another computer or a telephone; copy it here and add the copy.";
    if (is_below(path, idx_dir(library->store)))
        return "This is the library itself; add the folder that holds your documents.";
    if (lstat(path, &st) != 0)
        return RAG_NOT_THERE;
    return NULL;
}

static bool is_root(GPtrArray *roots, const char *path)
{
    for (guint i = 0; i < roots->len; i++)
        if (strcmp(((const struct idx_root *)roots->pdata[i])->path, path) == 0)
            return true;
    return false;
}

static bool preview_path(struct preview *preview, const char *path, GPtrArray *roots,
                         GCancellable *cancellable, GError **error)
{
    struct stat st;
    struct rag_scan_result scanned;
    const char *sentence = objection(preview->library, path);
    if (sentence) {
        g_ptr_array_add(preview->out->problems, rag_problem_new(path, sentence, false));
        return true;
    }
    /* A path that is new is added with all that is below it, forgotten or not. */
    preview->check_exclusions = is_root(roots, path);
    const struct rag_scan_options options = {
        .folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode),
        .leave_out = idx_dir(preview->library->store),
        .on_file = on_file,
        .data = preview,
    };
    if (!rag_scan(path, &options, &scanned, cancellable, error))
        return false;
    if (scanned.incomplete)
        g_ptr_array_add(preview->out->problems,
                        rag_problem_new(scanned.unreadable, RAG_CANNOT_LOOK, false));
    rag_scan_result_clear(&scanned);
    return true;
}

/* --- what is told ------------------------------------------------------------------------------
 */

struct line {
    int64_t n;
    char *text; /* (owned) */
};

static int by_number(gconstpointer a, gconstpointer b)
{
    const struct line *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return strcmp(x->text, y->text);
}

/* Moves the texts of the first lines into `out`, most frequent first; the array is freed. */
static void tell(GArray *lines, guint most, GPtrArray *out)
{
    g_array_sort(lines, by_number);
    for (guint i = 0; i < lines->len; i++) {
        char *text = g_array_index(lines, struct line, i).text;
        if (i < most)
            g_ptr_array_add(out, text);
        else
            g_free(text);
    }
    g_array_unref(lines);
}

/* "23 files: pictures cannot be read" */
static void tell_reasons(struct preview *preview)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct line));
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, preview->reasons);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const char *sentence = key;
        int64_t n = (int64_t)GPOINTER_TO_SIZE(value);
        size_t length = strlen(sentence);
        struct line line = {
            n, g_strdup_printf("%" G_GINT64_FORMAT " %s: %c%.*s", n, n == 1 ? "file" : "files",
                               g_ascii_tolower(sentence[0]), (int)length - 2, sentence + 1)};
        g_array_append_val(lines, line);
    }
    tell(lines, MAX_LEFT_OUT, preview->out->left_out);
}

static void tell_kinds(struct preview *preview)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct line));
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (preview->n[i] == 0)
            continue;
        struct line line = {preview->n[i],
                            g_strdup_printf("%s: %" G_GINT64_FORMAT, kinds[i].name, preview->n[i])};
        g_array_append_val(lines, line);
    }
    tell(lines, G_N_ELEMENTS(kinds), preview->out->kinds);
}

static bool estimate(struct preview *preview, GError **error)
{
    RagLibrary *library = preview->library;
    double read, embed = 0, seconds = 0;
    if (!idx_rate_get(library->store, IDX_RATE_READ, &read, error) ||
        (library->embedder && !idx_rate_get(library->store, IDX_RATE_EMBED, &embed, error)))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        double passages = 0;
        if (!idx_passages_per_byte(library->store, kinds[i].format, &passages, error) ||
            (passages == 0 && !idx_passages_per_byte(library->store, "", &passages, error)))
            return false;
        seconds += (double)preview->n_bytes[i] * (read + passages * embed);
    }
    preview->out->seconds = read > 0 && (embed > 0 || !library->embedder) ? seconds : 0;
    return true;
}

/* Is it at or below another path of the list? Then it is counted there. */
static bool is_covered(GPtrArray *paths, guint i)
{
    for (guint k = 0; k < paths->len; k++)
        if (k != i && is_below(paths->pdata[i], paths->pdata[k]) &&
            (strcmp(paths->pdata[i], paths->pdata[k]) != 0 || k < i))
            return true;
    return false;
}

static bool run(struct preview *preview, GPtrArray *paths, GCancellable *cancellable,
                GError **error)
{
    g_autoptr(GPtrArray) roots = idx_roots(preview->library->store, error);
    for (guint i = 0; roots && i < paths->len; i++)
        if (!is_covered(paths, i) &&
            !preview_path(preview, paths->pdata[i], roots, cancellable, error))
            return false;
    if (!roots)
        return false;
    tell_reasons(preview);
    tell_kinds(preview);
    return estimate(preview, error);
}

bool rag_preview(RagLibrary *library, const char *const *paths, size_t n, struct rag_preview *out,
                 GCancellable *cancellable, GError **error)
{
    *out = (struct rag_preview){
        .left_out = g_ptr_array_new_with_free_func(g_free),
        .kinds = g_ptr_array_new_with_free_func(g_free),
        .problems = g_ptr_array_new_with_free_func(rag_problem_free),
    };
    g_autoptr(GPtrArray) full = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(full, g_canonicalize_filename(paths[i], NULL));
    struct preview preview = {
        .library = library, .out = out, .reasons = g_hash_table_new(g_str_hash, g_str_equal)};
    bool ok = run(&preview, full, cancellable, error);
    g_hash_table_unref(preview.reasons);
    if (!ok)
        rag_preview_clear(out);
    return ok;
}

void rag_preview_clear(struct rag_preview *preview)
{
    g_clear_pointer(&preview->left_out, g_ptr_array_unref);
    g_clear_pointer(&preview->kinds, g_ptr_array_unref);
    g_clear_pointer(&preview->problems, g_ptr_array_unref);
}
