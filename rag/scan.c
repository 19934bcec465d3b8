/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A walk over folders with a stack of its own, in byte order of names, so that two scans of the
 * same tree see the same order. Every folder is entered once (device and inode are remembered), so
 * a loop of mounts ends. Links to folders are left alone: they lead out of what the person chose,
 * or in circles; the reason given says what to do instead.
 */
#include "rag/scan.h"

#include "rag/readers/reader.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    const struct rag_scan_options *options;
    struct rag_scan_result *result;
    GPtrArray *stack;    /* (owned) of folder paths still to enter */
    GHashTable *entered; /* (owned) "device:inode" */
};

void rag_scan_result_clear(struct rag_scan_result *result)
{
    g_clear_pointer(&result->unreadable, g_free);
}

static bool is_junk_file(const char *name)
{
    static const char *const endings[] = {"~",           ".swp", ".swo",  ".part",
                                          ".crdownload", ".tmp", ".bak~", ".download"};
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(name, endings[i]))
            return true;
    }
    return name[0] == '.' || g_str_has_prefix(name, "~$") || strcmp(name, "Thumbs.db") == 0 ||
           strcmp(name, "desktop.ini") == 0;
}

static bool is_junk_folder(const char *path, const char *name)
{
    static const char *const names[] = {"node_modules", "__pycache__",
                                        "CVS",          "lost+found",
                                        "$RECYCLE.BIN", "System Volume Information"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    g_autofree char *tag = g_build_filename(path, "CACHEDIR.TAG", NULL); /* bford.info/cachedir */
    return name[0] == '.' || access(tag, F_OK) == 0;
}

static bool hand_over(struct walk *walk, const char *path, const struct stat *st,
                      const char *reason, bool for_now, GError **error)
{
    struct rag_scan_file file = {
        .path = path,
        .reason = reason,
        .for_now = for_now,
    };
    /* What cannot be read now is given no size and time: when it can be, it will look changed. */
    if (st && S_ISREG(st->st_mode)) {
        file.size = st->st_size;
        file.mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    }
    walk->result->n_files++;
    return walk->options->on_file(walk->options->data, &file, error);
}

static bool hand_on(struct walk *walk, const char *path, const struct stat *st, const char *reason,
                    GError **error)
{
    return hand_over(walk, path, st, reason, false, error);
}

static const char *kind_reason(mode_t mode)
{
    if (S_ISDIR(mode))
        return "This is a link to a folder; add the folder itself to have it read.";
    if (S_ISFIFO(mode))
        return "This is a named pipe, not a file.";
    if (S_ISSOCK(mode))
        return "This is a socket, not a file.";
    return "This is a device, not a file.";
}

/* Something is there that cannot be looked at: nothing may be taken for gone after this walk. */
static void not_seen(struct walk *walk, const char *path)
{
    if (!walk->result->unreadable)
        walk->result->unreadable = g_strdup(path);
    walk->result->incomplete = true;
}

static bool visit_file(struct walk *walk, const char *path, GError **error)
{
    struct stat st;
    g_autofree char *name = g_path_get_basename(path);
    if (stat(path, &st) != 0) {
        int reason = errno;
        if (reason == ELOOP)
            return hand_on(walk, path, NULL, "The link leads back to itself.", error);
        struct stat link;
        bool is_link = lstat(path, &link) == 0 && S_ISLNK(link.st_mode);
        bool gone = reason == ENOENT || reason == ENOTDIR;
        if (is_link && reason == EACCES)
            return hand_over(walk, path, NULL,
                             "There is no permission to follow this link; change that of the "
                             "folders it leads to.",
                             true, error);
        if (is_link && gone)
            return hand_on(walk, path, NULL, "The link points to a file that is not there.", error);
        if (gone) /* since the folder was listed */
            return true;
        not_seen(walk, path);
        return true;
    }
    if (!S_ISREG(st.st_mode))
        return hand_on(walk, path, NULL, kind_reason(st.st_mode), error);
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
        return hand_over(walk, path, NULL,
                         "There is no permission to read this file; change its permissions and "
                         "index it again.",
                         true, error);
    return hand_on(walk, path, &st, rag_detect_by_name(name), error);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, sorted; NULL if it cannot be read. */
static GPtrArray *list_folder(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(entry->d_name));
        errno = 0;
    }
    bool ok = errno == 0;
    closedir(dir);
    if (!ok)
        g_clear_pointer(&names, g_ptr_array_unref);
    else
        g_ptr_array_sort(names, compare_names);
    return names;
}

static bool enter_once(struct walk *walk, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return true; /* opendir will say why */
    char *key =
        g_strdup_printf("%llx:%llx", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
    return g_hash_table_add(walk->entered, key);
}

/* Is this folder to be entered? device: of the folder that it lies in. */
static bool choose_folder(struct walk *walk, const char *path, const char *name,
                          const struct stat *st, dev_t device, bool *enter, GError **error)
{
    *enter = !is_junk_folder(path, name);
    if (!*enter || st->st_dev == device || !walk->options->on_mount ||
        g_strcmp0(path, walk->options->leave_out) == 0)
        return true;
    return walk->options->on_mount(walk->options->data, path, enter, error);
}

static bool visit_entry(struct walk *walk, const char *folder, const char *name, dev_t device,
                        GPtrArray *folders, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat st;
    bool enter = false;
    if (lstat(path, &st) != 0) {
        if (errno != ENOENT) /* a folder that may be listed but not entered, a failing disk */
            not_seen(walk, folder);
        return true;
    }
    if (!S_ISDIR(st.st_mode))
        return is_junk_file(name) || visit_file(walk, path, error);
    if (!choose_folder(walk, path, name, &st, device, &enter, error))
        return false;
    if (enter)
        g_ptr_array_add(folders, g_steal_pointer(&path));
    return true;
}

static bool visit_folder(struct walk *walk, const char *path, GError **error)
{
    struct stat st;
    if (!enter_once(walk, path) || g_strcmp0(path, walk->options->leave_out) == 0)
        return true;
    g_autoptr(GPtrArray) names = list_folder(path);
    if (!names || stat(path, &st) != 0) {
        not_seen(walk, path);
        return true;
    }
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < names->len; i++)
        if (!visit_entry(walk, path, names->pdata[i], st.st_dev, folders, error))
            return false;
    while (folders->len) /* the first is taken first from the stack's end */
        g_ptr_array_add(walk->stack, g_ptr_array_steal_index(folders, folders->len - 1));
    return true;
}

bool rag_scan(const char *path, const struct rag_scan_options *options,
              struct rag_scan_result *result, GCancellable *cancellable, GError **error)
{
    struct stat st;
    *result = (struct rag_scan_result){0};
    /* A link to a folder that the person names is meant. */
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    if (options->folder ? !folder
                        : lstat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        result->missing = true;
        return true;
    }
    struct walk walk = {
        .options = options,
        .result = result,
        .stack = g_ptr_array_new_with_free_func(g_free),
        .entered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    bool ok = folder || visit_file(&walk, path, error);
    if (folder)
        g_ptr_array_add(walk.stack, g_strdup(path));
    while (ok && walk.stack->len) {
        g_autofree char *next = g_ptr_array_steal_index(walk.stack, walk.stack->len - 1);
        ok = !g_cancellable_set_error_if_cancelled(cancellable, error) &&
             visit_folder(&walk, next, error);
    }
    g_ptr_array_unref(walk.stack);
    g_hash_table_unref(walk.entered);
    if (!ok)
        rag_scan_result_clear(result);
    return ok;
}
