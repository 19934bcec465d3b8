/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ann.c: FAISS through its C API.
 *
 * Two kinds. "IDMap,Flat" compares the query with every vector: exact. "IVFn,SQ8" (Jégou et al.
 * 2011) sorts vectors by the nearest of n trained centres, one byte a number, and looks only at the
 * lists of the nearest centres: a quarter of the memory and a fraction of the time, for some lost
 * neighbours. The README of
 * this folder has the figures behind the sizes here.
 *
 * FAISS starts OpenMP threads for one query of a few milliseconds, and they spin: on a busy machine
 * that costs more than it brings. The number of threads is a setting of each calling thread, so it
 * is set before each call; the function is looked up at run time, for this library does not say
 * which OpenMP it was built with, and two of them in one process would each have their own number.
 */
#include "index/ann.h"
#include "index/index.h"
#include <dlfcn.h>
#include <faiss/c_api/IndexIVF_c.h>
#include <faiss/c_api/Index_c.h>
#include <faiss/c_api/MetaIndexes_c.h>
#include <faiss/c_api/error_c.h>
#include <faiss/c_api/impl/AuxIndexStructures_c.h>
#include <faiss/c_api/index_factory_c.h>
#include <faiss/c_api/index_io_c.h>
#include <string.h>

#define FLAT_KIND   "IDMap,Flat"
#define FLAT_LIMIT  60000
#define PROBE_SHARE 4  /* one list in so many is looked at */
#define PER_CENTRE  64 /* training vectors a centre; FAISS asks for 39 at least */

struct ann {
    FaissIndex *index; /* (owned) */
    int dim;
};

static const struct {
    int64_t limit;
    int n_lists;
    const char *kind;
} kinds[] = {
    {FLAT_LIMIT, 0, FLAT_KIND},
    {400000, 256, "IVF256,SQ8"},
    {INT64_MAX, 1024, "IVF1024,SQ8"},
};

static bool failed(GError **error, const char *what)
{
    const char *text = faiss_get_last_error(); /* overwritten by the next call */
    g_set_error(error, IDX_ERROR, IDX_ERROR_FAILED, "The vector index cannot %s: %s.", what,
                text ? text : "unknown reason");
    return false;
}

static void one_thread(void)
{
    static gsize looked_up;
    static void (*set_threads)(int);
    if (g_once_init_enter(&looked_up)) {
        void *symbol = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
        memcpy(&set_threads, &symbol, sizeof symbol); /* ISO C converts no object to a function */
        g_once_init_leave(&looked_up, 1);
    }
    if (set_threads)
        set_threads(1);
}

const char *ann_kind_for(int64_t n)
{
    for (size_t i = 0;; i++)
        if (n < kinds[i].limit)
            return kinds[i].kind;
}

int64_t ann_training_size(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kind, kinds[i].kind) == 0)
            return (int64_t)kinds[i].n_lists * PER_CENTRE;
    return 0;
}

/* Takes over the index; settings that are not part of the file. */
static struct ann *ann_of(FaissIndex *index, int dim)
{
    struct ann *ann = g_new0(struct ann, 1);
    ann->index = index;
    ann->dim = dim;
    FaissIndexIVF *ivf = faiss_IndexIVF_cast(index);
    if (ivf)
        faiss_IndexIVF_set_nprobe(ivf, MAX(faiss_IndexIVF_nlist(ivf) / PROBE_SHARE, 1));
    return ann;
}

struct ann *ann_new(const char *kind, int dim, GError **error)
{
    FaissIndex *index = NULL;
    if (faiss_index_factory(&index, dim, kind, METRIC_INNER_PRODUCT) != 0) {
        failed(error, "be made");
        return NULL;
    }
    return ann_of(index, dim);
}

struct ann *ann_read(FILE *file, int dim, GError **error)
{
    FaissIndex *index = NULL;
    one_thread();
    if (faiss_read_index(file, 0, &index) != 0) {
        failed(error, "be read");
        return NULL;
    }
    if (faiss_Index_d(index) == dim && faiss_Index_is_trained(index) &&
        faiss_Index_metric_type(index) == METRIC_INNER_PRODUCT &&
        (faiss_IndexIVF_cast(index) || faiss_IndexIDMap_cast(index)))
        return ann_of(index, dim);
    faiss_Index_free(index);
    g_set_error(error, IDX_ERROR, IDX_ERROR_CORRUPT, "The vector index is of another kind.");
    return NULL;
}

void ann_free(struct ann *ann)
{
    if (!ann)
        return;
    faiss_Index_free(ann->index);
    g_free(ann);
}

bool ann_train(struct ann *ann, const float *vectors, int64_t n, GError **error)
{
    one_thread();
    return faiss_Index_train(ann->index, n, vectors) == 0 || failed(error, "be trained");
}

bool ann_add(struct ann *ann, const float *vectors, const int64_t *ids, int64_t n, GError **error)
{
    one_thread();
    return n == 0 || faiss_Index_add_with_ids(ann->index, n, vectors, ids) == 0 ||
           failed(error, "take vectors");
}

bool ann_remove(struct ann *ann, const int64_t *ids, int64_t n, GError **error)
{
    FaissIDSelectorBatch *selector = NULL;
    size_t n_removed;
    if (n == 0)
        return true;
    one_thread();
    if (faiss_IDSelectorBatch_new(&selector, (size_t)n, ids) != 0)
        return failed(error, "remove vectors");
    bool ok = faiss_Index_remove_ids(ann->index, (FaissIDSelector *)selector, &n_removed) == 0;
    faiss_IDSelector_free((FaissIDSelector *)selector);
    return ok || failed(error, "remove vectors");
}

bool ann_write(struct ann *ann, FILE *file, GError **error)
{
    return faiss_write_index(ann->index, file) == 0 || failed(error, "be written");
}

bool ann_is_flat(const struct ann *ann)
{
    return faiss_IndexIDMap_cast(ann->index) != NULL;
}

int64_t ann_count(const struct ann *ann)
{
    return faiss_Index_ntotal(ann->index);
}

int64_t ann_search(struct ann *ann, const float *query, int64_t n, float *scores, int64_t *ids,
                   GError **error)
{
    int64_t n_found = 0;
    if (n == 0)
        return 0;
    one_thread();
    if (faiss_Index_search(ann->index, 1, query, n, scores, ids) != 0) {
        failed(error, "be searched");
        return -1;
    }
    for (int64_t i = 0; i < n; i++) { /* places that were not filled hold −1 */
        if (ids[i] < 0)
            continue;
        ids[n_found] = ids[i];
        scores[n_found++] = scores[i];
    }
    return n_found;
}

GArray *ann_ids(struct ann *ann)
{
    GArray *ids = g_array_new(false, false, sizeof(int64_t));
    FaissIndexIVF *ivf = faiss_IndexIVF_cast(ann->index);
    if (!ivf) {
        idx_t *map;
        size_t n;
        faiss_IndexIDMap_id_map(faiss_IndexIDMap_cast(ann->index), &map, &n);
        g_array_append_vals(ids, map, (guint)n);
        return ids;
    }
    for (size_t list = 0; list < faiss_IndexIVF_nlist(ivf); list++) {
        size_t n = faiss_IndexIVF_get_list_size(ivf, list);
        guint before = ids->len;
        g_array_set_size(ids, before + (guint)n);
        if (n > 0)
            faiss_IndexIVF_invlists_get_ids(ivf, list, &g_array_index(ids, int64_t, before));
    }
    return ids;
}

bool ann_vector(struct ann *ann, int64_t at, float *out, GError **error)
{
    FaissIndex *flat = faiss_IndexIDMap_sub_index(faiss_IndexIDMap_cast(ann->index));
    return faiss_Index_reconstruct(flat, at, out) == 0 || failed(error, "give a vector back");
}
