/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-catalogue [LOCATIONS]: pages and counts of a long list, in every order, at its end.
 *
 * Paths as in a home folder, one in fifty failed, three roots in two collections; rows are put in
 * behind the index's back, as how they come is measured elsewhere. Median and slowest of 15 pages
 * of 100, the store being warm.
 */
#include "tests/index/fixture.h"
#include <stdlib.h>

#define N_TIMES 15

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *what, double *ms)
{
    qsort(ms, N_TIMES, sizeof *ms, by_value);
    g_print("%-44s median %7.2f ms   slowest %7.2f ms\n", what, ms[N_TIMES / 2], ms[N_TIMES - 1]);
}

static void measure(IdxStore *store, const char *what, const struct idx_filter *filter)
{
    double pages[N_TIMES], counts[N_TIMES];
    int64_t n = 0;
    for (int i = 0; i < N_TIMES; i++) {
        gint64 start = g_get_monotonic_time();
        n = idx_list_count(store, filter, NULL);
        counts[i] = (double)(g_get_monotonic_time() - start) / 1e3;
        start = g_get_monotonic_time();
        g_autoptr(GPtrArray) page = idx_list(store, filter, MAX(n - 100, 0), 100, NULL);
        pages[i] = (double)(g_get_monotonic_time() - start) / 1e3;
        if (!page || page->len != (guint)MIN(n, 100))
            g_error("a page of %s is not what it should be", what);
    }
    g_autofree char *page = g_strdup_printf("%s: last page of %" G_GINT64_FORMAT, what, n);
    g_autofree char *count = g_strdup_printf("%s: count", what);
    report(page, pages);
    report(count, counts);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 50000;
    struct fixture fixture;
    fixture_open(&fixture);
    idx_root_add(fixture.store, "/work", false, "Work", NULL);
    g_autofree char *sql = g_strdup_printf(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO contents(hash, reader_version, title, format, size, n_pages, note, "
        "n_passages)"
        "  SELECT printf('%%064d', i), 1, 'Title ' || i, 'pdf', i, 3, '', 0 FROM n;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO locations(root, path, size, mtime_ns, state, content, seen_at, name)"
        "  SELECT 1 + i %% 2, CAST(printf('/%%s/papers of the year %%d/Document number %%d.pdf',"
        "   iif(i %% 2, 'work', 'docs'), i %% 300, i * 7919 %% %d) AS BLOB), i * 31 %% 99991,"
        "   i * 17 %% 999983, iif(i %% 50, 'ready', 'failed'), iif(i %% 50, i, NULL), 1,"
        "   printf('document number %%d.pdf', i * 7919 %% %d) FROM n;"
        "ANALYZE",
        n, n, n, n);
    fixture_spoil(&fixture, sql);
    static const char *const orders[] = {"trouble", "name", "folder", "time", "size"};
    for (int order = IDX_BY_TROUBLE; order <= IDX_BY_SIZE; order++) {
        const struct idx_filter plain = {.order = (enum idx_order)order};
        const struct idx_filter chosen = {
            .order = (enum idx_order)order, .collection = 2, .states = 1 << IDX_READY};
        g_autofree char *what = g_strdup_printf("%s, a collection, ready", orders[order]);
        measure(fixture.store, orders[order], &plain);
        measure(fixture.store, what, &chosen);
    }
    measure(fixture.store, "words", &(struct idx_filter){.words = "number 77"});
    measure(fixture.store, "below", &(struct idx_filter){.below = "/work"});
    double ms[N_TIMES];
    for (int i = 0; i < N_TIMES; i++) {
        gint64 start = g_get_monotonic_time();
        g_autoptr(GPtrArray) all = idx_collections(fixture.store, NULL);
        ms[i] = (double)(g_get_monotonic_time() - start) / 1e3;
    }
    report("collections with their counts", ms);
    fixture_close(&fixture);
    return 0;
}
