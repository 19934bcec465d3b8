/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening, closing and looking after a library: thin, for the index does the work. What is decided
 * here is how its answers are told to a person.
 */
#include "rag/library.h"

#include "index/catalogue.h"
#include "index/find.h"
#include "rag/readers/reader.h"

struct rag_problem *rag_problem_new(const char *path, const char *reason, bool skipped)
{
    struct rag_problem *problem = g_new0(struct rag_problem, 1);
    problem->path = g_strdup(path);
    problem->reason = g_strdup(reason);
    problem->skipped = skipped;
    return problem;
}

void rag_problem_free(gpointer data)
{
    struct rag_problem *problem = data;
    g_free(problem->path);
    g_free(problem->reason);
    g_free(problem);
}

static void finding_free(gpointer data)
{
    struct rag_finding *finding = data;
    g_free(finding->text);
    g_free(finding);
}

bool rag_engine_error(GError **error, enum eng_status status, const struct eng_err *err)
{
    if (status == ENG_CANCELLED)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The work was cancelled.");
    else
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_MODEL, err->text);
    return false;
}

/* --- open and close -------------------------------------------------------------------------- */

static bool register_embedder(RagLibrary *library, const struct rag_library_options *options,
                              GError **error)
{
    const struct eng_model_info *info = eng_model_info(options->embedder);
    library->dim = eng_embed_dim(options->embedder);
    if (library->dim <= 0) {
        g_set_error(error, RAG_ERROR, RAG_ERROR_MODEL,
                    "%s is no embedding model; choose one of the bert family.", info->path);
        return false;
    }
    g_autoptr(GError) problem = NULL;
    library->embedder_id = idx_embedder(
        library->store, info->name, options->embedder_hash ? options->embedder_hash : info->name,
        library->dim, &problem);
    if (library->embedder_id > 0)
        library->embedder = options->embedder;
    else if (options->read_only && g_error_matches(problem, IDX_ERROR, IDX_ERROR_READ_ONLY))
        library->embedder_id = 0; /* holds no vector of it: words alone */
    else
        g_propagate_error(error, g_steal_pointer(&problem));
    return library->embedder_id >= 0;
}

RagLibrary *rag_library_open(const struct rag_library_options *options, GError **error)
{
    g_return_val_if_fail(options->size == sizeof *options && options->dir, NULL);
    g_autoptr(RagLibrary) library = g_new0(RagLibrary, 1);
    unsigned flags = options->read_only ? IDX_READ_ONLY : options->create ? IDX_CREATE : 0;
    library->read_only = options->read_only;
    g_autoptr(GError) cause = NULL;
    library->store = idx_open(options->dir, NULL, flags, &cause);
    if (!library->store && !options->read_only &&
        g_error_matches(cause, IDX_ERROR, IDX_ERROR_READ_ONLY))
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_READ_ONLY, cause->message);
    else if (!library->store)
        g_propagate_error(error, g_steal_pointer(&cause));
    if (!library->store)
        return NULL;
    idx_set_reader_version(library->store, RAG_READER_VERSION);
    library->reader_argv = g_strdupv((char **)options->reader_argv);
    if (options->embedder && !register_embedder(library, options, error))
        return NULL;
    return g_steal_pointer(&library);
}

void rag_library_close(RagLibrary *library)
{
    if (!library)
        return;
    idx_close(library->store);
    g_strfreev(library->reader_argv);
    g_free(library);
}

/* --- documents ------------------------------------------------------------------------------- */

int64_t rag_forget(RagLibrary *library, const char *path, GError **error)
{
    g_autofree char *full = g_canonicalize_filename(path, NULL);
    return idx_forget(library->store, full, error);
}

static bool add_problems(IdxStore *store, enum idx_state state, GPtrArray *problems, GError **error)
{
    const struct idx_filter filter = {.states = 1 << state};
    g_autoptr(GPtrArray) rows = idx_list(store, &filter, 0, -1, error);
    if (!rows)
        return false;
    for (guint i = 0; i < rows->len; i++) {
        const struct idx_location *location = rows->pdata[i];
        g_ptr_array_add(problems,
                        rag_problem_new(location->path, location->reason, state == IDX_SKIPPED));
    }
    return true;
}

bool rag_status(RagLibrary *library, struct rag_status *out, GError **error)
{
    struct idx_status status;
    *out = (struct rag_status){0};
    if (!idx_status(library->store, library->embedder_id, &status, error))
        return false;
    *out = (struct rag_status){
        .waiting = status.n_by_state[IDX_WAITING],
        .reading = status.n_by_state[IDX_READING],
        .ready = status.n_by_state[IDX_READY],
        .failed = status.n_by_state[IDX_FAILED],
        .skipped = status.n_by_state[IDX_SKIPPED],
        .offline = status.n_by_state[IDX_OFFLINE],
        .contents = status.n_contents,
        .passages = status.n_passages,
        .embedded = status.n_embedded,
        .jobs = status.n_jobs,
        .roots = status.n_roots,
        .conversations = status.n_conversations,
        .answers = status.n_answers,
        .database_bytes = status.database_bytes,
        .vector_index_bytes = status.faiss_bytes,
        .vector_index_current = status.faiss_generation == status.generation,
        .schema_version = status.schema_version,
        .problems = g_ptr_array_new_with_free_func(rag_problem_free),
    };
    if (add_problems(library->store, IDX_FAILED, out->problems, error) &&
        add_problems(library->store, IDX_SKIPPED, out->problems, error))
        return true;
    rag_status_clear(out);
    return false;
}

void rag_status_clear(struct rag_status *status)
{
    g_clear_pointer(&status->problems, g_ptr_array_unref);
}

GPtrArray *rag_doctor(RagLibrary *library, bool repair, GError **error)
{
    g_autoptr(GPtrArray) found = idx_check(library->store, repair, error);
    if (!found)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func(finding_free);
    for (guint i = 0; i < found->len; i++) {
        const struct idx_finding *row = found->pdata[i];
        struct rag_finding *finding = g_new0(struct rag_finding, 1);
        finding->text = g_strdup(row->text);
        finding->repaired = row->repaired;
        g_ptr_array_add(out, finding);
    }
    return out;
}
