/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storage.c: every file of a library is opened here.
 *
 * Invariants
 * 1. No other module of this folder names a file to the system; a key, when there is one, is needed
 *    nowhere else. (With a key the database gets it before its first statement, and the FILE of a
 *    sealed file gets a layer that encrypts.)
 * 2. A sealed file is replaced by rename: a reader sees the old one or the new one, whole.
 * 3. A sealed file of a wrong length or checksum is not handed out: what parses it (FAISS) was not
 *    written with hostile files in mind. The checksum guards against accidents, not against a
 *    person who can write this folder, who could write the database as well.
 * 4. A descriptor of our own on the database is closed only when no store of this process has it
 *    open: closing one drops every POSIX lock that this process holds on the file, those of SQLite
 *    in other threads too, and another process would then remove a log in use
 *    (sqlite.org/howtocorrupt.html, 2.2).
 *
 * Sealed file:  0 "LECSEAL1" | 8 length of content | 16 checksum | 24 content …   (little-endian)
 *
 * One process at a time writes NAME.new: it holds a lock on it (flock, gone with the process). The
 * half-written file of a killed process is thus found unlocked and written anew.
 */
#include "index/storage.h"
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE        "library.db"
#define BUSY_TIMEOUT_MS 30000 /* longer than erasing takes in a library of 100,000 passages */

static const char seal_magic[8] = "LECSEAL1";
struct seal {
    char magic[8];
    uint64_t length, sum;
};

/* --- errors and paths --------------------------------------------------------------------------
 */

static void file_error(GError **error, const char *path, const char *what)
{
    int code = errno;
    g_autofree char *name = g_filename_display_name(path);
    enum idx_error kind = IDX_ERROR_IO;
    if (code == ENOSPC || code == EDQUOT)
        kind = IDX_ERROR_FULL;
    else if (code == EACCES || code == EPERM || code == EROFS)
        kind = IDX_ERROR_READ_ONLY;
    else if (code == ENOENT)
        kind = IDX_ERROR_NOT_FOUND;
    g_set_error(error, IDX_ERROR, kind, "Cannot %s %s: %s.", what, name, g_strerror(code));
}

static char *file_path(const char *dir, const char *name)
{
    return g_build_filename(dir, name, NULL);
}

/* --- the database -------------------------------------------------------------------------------
 */

/* An empty folder that was there becomes a library's: nobody else's business. One that holds other
   things keeps its mode; the library's files are 0600 anyway. */
static void close_empty_folder(const char *dir)
{
    GDir *entries = g_dir_open(dir, 0, NULL);
    bool empty = entries && !g_dir_read_name(entries);
    g_clear_pointer(&entries, g_dir_close);
    if (empty && chmod(dir, 0700) != 0)
        g_debug("the mode of %s stays: %s", dir, g_strerror(errno));
}

bool storage_prepare(const char *dir, unsigned flags, GError **error)
{
    g_autofree char *path = file_path(dir, DATABASE);
    if (access(path, F_OK) == 0)
        return true;
    if (errno != ENOENT && errno != ENOTDIR) {
        file_error(error, path, "open the library");
        return false;
    }
    if (!(flags & IDX_CREATE)) {
        g_autofree char *name = g_filename_display_name(dir);
        g_set_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                    "There is no library in %s. Add documents with \"lectern index\".", name);
        return false;
    }
    if (g_mkdir_with_parents(dir, 0700) != 0) {
        file_error(error, dir, "make the library's folder");
        return false;
    }
    close_empty_folder(dir);
    /* Made before SQLite does, which would take the mode from the umask; its other files follow.
       O_EXCL: the file may be open elsewhere in this process by now (invariant 4). */
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno != EEXIST) {
        file_error(error, path, "make the library's database");
        return false;
    }
    if (fd >= 0)
        close(fd);
    return true;
}

static int64_t big_endian(const unsigned char *p)
{
    return (int64_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

/* A descriptor for reading a database's header, shared by the stores of this process that have the
   file open. */
struct storage_header {
    char *file; /* (owned) "device:inode" */
    int fd, n_users;
};
static GMutex headers_lock;
static GHashTable *headers; /* by file; headers_lock */

static char *file_name(const struct stat *st)
{
    return g_strdup_printf("%ju:%ju", (uintmax_t)st->st_dev, (uintmax_t)st->st_ino);
}

/* NULL with errno set. */
static struct storage_header *header_open(const char *path)
{
    struct stat st;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&headers_lock);
    if (stat(path, &st) != 0)
        return NULL;
    g_autofree char *file = file_name(&st);
    if (!headers)
        headers = g_hash_table_new(g_str_hash, g_str_equal);
    struct storage_header *header = g_hash_table_lookup(headers, file);
    if (!header) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return NULL;
        header = g_new0(struct storage_header, 1);
        *header = (struct storage_header){.file = g_steal_pointer(&file), .fd = fd};
        g_hash_table_insert(headers, header->file, header);
    }
    header->n_users++;
    return header;
}

bool storage_same_file(const char *dir, const struct storage_header *header, GError **error)
{
    g_autofree char *path = file_path(dir, DATABASE), *file = NULL;
    struct stat st;
    if (stat(path, &st) == 0)
        file = file_name(&st);
    if (file && strcmp(file, header->file) == 0)
        return true;
    g_autofree char *name = g_filename_display_name(dir);
    g_set_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                "The library %s is not there any more, or another one is in its place. Put it back "
                "and open it again.",
                name);
    return false;
}

void storage_header_close(struct storage_header *header)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&headers_lock);
    if (!header || --header->n_users > 0)
        return;
    g_hash_table_remove(headers, header->file);
    close(header->fd); /* under the lock: nobody can be opening the file now */
    g_free(header->file);
    g_free(header);
}

bool storage_peek(const char *dir, struct storage_header **header, int64_t *version,
                  int64_t *application, GError **error)
{
    unsigned char head[100]; /* SQLite file format, "The Database Header" */
    g_autofree char *path = file_path(dir, DATABASE);
    *version = *application = 0;
    *header = header_open(path);
    ssize_t n = *header ? pread((*header)->fd, head, sizeof head, 0) : -1;
    if (n < 0) {
        file_error(error, path, "read the library's database");
        return false;
    }
    if (n == 0)
        return true;
    if (n < (ssize_t)sizeof head || memcmp(head, "SQLite format 3", 16) != 0) {
        g_autofree char *name = g_filename_display_name(path);
        g_set_error(error, IDX_ERROR, IDX_ERROR_CORRUPT,
                    "%s is not a database, or its beginning is damaged. Restore it from a backup, "
                    "or move it away and index again.",
                    name);
        return false;
    }
    *version = big_endian(head + 60);
    *application = big_endian(head + 68);
    return true;
}

/* A folder that cannot be written has no place for SQLite's -shm: then the file is opened as
   immutable, which is right only if no log is waiting beside it. A log on a medium that nobody can
   write is read without locks, its index being in memory (sqlite.org/wal.html, "Use of WAL Without
   Shared-Memory"); in a folder that is only closed to us, its owner may be writing it. */
static sqlite3 *open_unwritable(const char *dir, const char *path, bool medium, GError **error)
{
    bool log = storage_bytes(dir, DATABASE "-wal") > 0;
    if (log && !medium) {
        g_autofree char *name = g_filename_display_name(dir);
        g_set_error(error, IDX_ERROR, IDX_ERROR_READ_ONLY,
                    "The library %s has changes that were not finished and cannot be written. "
                    "Make its folder writable and open it once.",
                    name);
        return NULL;
    }
    g_autofree char *escaped = g_uri_escape_bytes((const guint8 *)path, strlen(path), "/");
    g_autofree char *uri =
        g_strconcat("file:", escaped, log ? "?vfs=unix-none" : "?immutable=1", NULL);
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                             NULL);
    if (rc == SQLITE_OK && log)
        rc = sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        return db;
    g_autofree char *name = g_filename_display_name(path);
    g_set_error(error, IDX_ERROR, IDX_ERROR_IO, "Cannot open %s: %s.", name, sqlite3_errstr(rc));
    sqlite3_close(db);
    return NULL;
}

bool storage_can_write(const char *dir, GError **error)
{
    g_autofree char *path = file_path(dir, DATABASE);
    if (access(path, W_OK) != 0) {
        file_error(error, path, "write the library's database");
        return false;
    }
    if (access(dir, W_OK) != 0) {
        file_error(error, dir, "write in the library's folder");
        return false;
    }
    return true;
}

sqlite3 *storage_database(const char *dir, const struct idx_key *key, unsigned flags,
                          GError **error)
{
    g_assert(key == NULL); /* invariant 1: here it will be set */
    g_autofree char *path = file_path(dir, DATABASE);
    bool read_only = flags & IDX_READ_ONLY;
    if (!read_only && !storage_can_write(dir, error))
        return NULL;
    if (read_only && access(dir, W_OK) != 0)
        return open_unwritable(dir, path, errno == EROFS, error);
    sqlite3 *db = NULL;
    int mode = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int rc = sqlite3_open_v2(path, &db, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
        return db;
    }
    g_autofree char *name = g_filename_display_name(path);
    g_set_error(error, IDX_ERROR, IDX_ERROR_IO, "Cannot open %s: %s.", name, sqlite3_errstr(rc));
    sqlite3_close(db);
    return NULL;
}

int64_t storage_database_bytes(const char *dir)
{
    return MAX(storage_bytes(dir, DATABASE), 0) + MAX(storage_bytes(dir, DATABASE "-wal"), 0);
}

/* SQLite knows one folder for the whole process. Nobody but VACUUM makes such files here (all
   connections have temp_store = MEMORY else), so it is set for as long as that takes. */
static GMutex temporary_lock;

void storage_temporary_begin(const char *dir)
{
    g_mutex_lock(&temporary_lock);
    sqlite3_temp_directory = sqlite3_mprintf("%s", dir);
}

void storage_temporary_end(void)
{
    sqlite3_free(sqlite3_temp_directory);
    sqlite3_temp_directory = NULL;
    g_mutex_unlock(&temporary_lock);
}

/* --- checksum -----------------------------------------------------------------------------------
 */

/* FNV-1a's step over 8-byte words in four lanes, folded at the end: as fast as memory, and any
   changed word changes its lane. */
struct sum {
    uint64_t lane[4];
    unsigned char tail[32];
    size_t n_tail;
    uint64_t length;
};

static void sum_block(struct sum *sum, const unsigned char *block)
{
    for (int i = 0; i < 4; i++) {
        uint64_t word;
        memcpy(&word, block + 8 * i, 8);
        sum->lane[i] = (sum->lane[i] ^ word) * UINT64_C(0x100000001b3);
        sum->lane[i] ^= sum->lane[i] >> 29; /* FNV alone never carries high bits down */
    }
}

static void sum_add(struct sum *sum, const void *data, size_t n)
{
    const unsigned char *p = data;
    sum->length += n;
    while (n > 0) {
        if (sum->n_tail == 0 && n >= sizeof sum->tail) {
            sum_block(sum, p);
            p += sizeof sum->tail;
            n -= sizeof sum->tail;
            continue;
        }
        size_t part = MIN(n, sizeof sum->tail - sum->n_tail);
        memcpy(sum->tail + sum->n_tail, p, part);
        sum->n_tail += part;
        p += part;
        n -= part;
        if (sum->n_tail == sizeof sum->tail) {
            sum_block(sum, sum->tail);
            sum->n_tail = 0;
        }
    }
}

static uint64_t sum_end(struct sum *sum)
{
    memset(sum->tail + sum->n_tail, 0, sizeof sum->tail - sum->n_tail);
    sum_block(sum, sum->tail);
    uint64_t folded = sum->length;
    for (int i = 0; i < 4; i++)
        folded = (folded ^ sum->lane[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return folded ^ folded >> 32;
}

/* --- sealed files -------------------------------------------------------------------------------
 */

struct storage_writer {
    char *dir, *path, *path_new; /* (owned) */
    int fd;
    FILE *file; /* (owned) counts and sums what passes */
    struct sum sum;
    int trouble; /* errno of the first write that failed */
};

static ssize_t sealed_write(void *cookie, const char *data, size_t n)
{
    struct storage_writer *writer = cookie;
    size_t done = 0;
    while (done < n) {
        ssize_t part = write(writer->fd, data + done, n - done);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0) {
            writer->trouble = errno;
            return 0;
        }
        done += (size_t)part;
    }
    sum_add(&writer->sum, data, n);
    return (ssize_t)n;
}

static void writer_free(struct storage_writer *writer)
{
    if (writer->file)
        fclose(writer->file);
    if (writer->fd >= 0)
        close(writer->fd); /* and with it the lock */
    g_free(writer->dir);
    g_free(writer->path);
    g_free(writer->path_new);
    g_free(writer);
}

/* Locks the file that stands under the name of the new file: the one before may have been renamed
   while we waited for nothing but the scheduler. Returns 1 locked, 0 another has it, -1 errno. */
static int lock_new(struct storage_writer *writer)
{
    for (;;) {
        struct stat opened, named;
        writer->fd = open(writer->path_new, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (writer->fd < 0)
            return -1;
        if (flock(writer->fd, LOCK_EX | LOCK_NB) != 0)
            return errno == EWOULDBLOCK ? 0 : -1;
        if (fstat(writer->fd, &opened) == 0 && stat(writer->path_new, &named) == 0 &&
            opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
            return 1;
        close(writer->fd);
    }
}

struct storage_writer *storage_write(const char *dir, const char *name, const struct idx_key *key,
                                     GError **error)
{
    g_assert(key == NULL);
    struct storage_writer *writer = g_new0(struct storage_writer, 1);
    writer->dir = g_strdup(dir);
    writer->path = file_path(dir, name);
    writer->path_new = g_strconcat(writer->path, ".new", NULL);
    int locked = lock_new(writer);
    struct seal none = {{0}};
    if (locked > 0 && (ftruncate(writer->fd, 0) != 0 ||
                       write(writer->fd, &none, sizeof none) != (ssize_t)sizeof none))
        locked = -1;
    if (locked > 0) {
        writer->file = fopencookie(writer, "w", (cookie_io_functions_t){.write = sealed_write});
        locked = writer->file ? 1 : -1;
    }
    if (locked > 0)
        return writer;
    if (locked < 0)
        file_error(error, writer->path_new, "write");
    writer_free(writer);
    return NULL;
}

FILE *storage_writer_file(struct storage_writer *writer)
{
    return writer->file;
}

static bool sync_folder(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* The file is whole on the disk before its name is. A new file that has lost its name was removed
   by an erasing process, which knows something that this one did not. */
static bool commit(struct storage_writer *writer)
{
    struct seal seal = {.length = writer->sum.length};
    memcpy(seal.magic, seal_magic, sizeof seal.magic);
    seal.sum = sum_end(&writer->sum);
    if (pwrite(writer->fd, &seal, sizeof seal, 0) != (ssize_t)sizeof seal || fsync(writer->fd) != 0)
        return false;
    if (rename(writer->path_new, writer->path) != 0)
        return errno == ENOENT;
    return sync_folder(writer->dir);
}

bool storage_writer_end(struct storage_writer *writer, bool ok, GError **error)
{
    bool closed = fclose(writer->file) == 0;
    writer->file = NULL;
    if (writer->trouble || (ok && !closed)) { /* the first cause, whatever the caller met after */
        if (writer->trouble)
            errno = writer->trouble;
        file_error(error, writer->path_new, "write");
        ok = false;
    } else if (ok && !commit(writer)) {
        file_error(error, writer->path, "write");
        ok = false;
    }
    if (!ok)
        unlink(writer->path_new);
    writer_free(writer);
    return ok;
}

/* Whether the content after the seal is what the seal says. Leaves the file at the content. */
static bool seal_agrees(FILE *file, bool verify)
{
    struct seal seal;
    struct stat status;
    if (fstat(fileno(file), &status) != 0 || fread(&seal, sizeof seal, 1, file) != 1 ||
        memcmp(seal.magic, seal_magic, sizeof seal.magic) != 0 ||
        seal.length != (uint64_t)status.st_size - sizeof seal)
        return false;
    if (!verify)
        return true;
    struct sum sum = {{0}};
    g_autofree unsigned char *block = g_malloc(1 << 20);
    size_t n;
    while ((n = fread(block, 1, 1 << 20, file)) > 0)
        sum_add(&sum, block, n);
    return sum.length == seal.length && sum_end(&sum) == seal.sum &&
           fseek(file, (long)sizeof seal, SEEK_SET) == 0;
}

FILE *storage_read(const char *dir, const char *name, const struct idx_key *key, bool verify,
                   GError **error)
{
    g_assert(key == NULL);
    g_autofree char *path = file_path(dir, name);
    FILE *file = fopen(path, "rbe");
    if (!file) {
        file_error(error, path, "read");
        return NULL;
    }
    if (seal_agrees(file, verify))
        return file;
    fclose(file);
    g_autofree char *shown = g_filename_display_name(path);
    g_set_error(error, IDX_ERROR, IDX_ERROR_CORRUPT, "%s is damaged.", shown);
    return NULL;
}

int64_t storage_bytes(const char *dir, const char *name)
{
    struct stat status;
    g_autofree char *path = file_path(dir, name);
    return stat(path, &status) == 0 ? (int64_t)status.st_size : -1;
}

void storage_remove(const char *dir, const char *pattern, bool unfinished)
{
    g_autoptr(GDir) list = g_dir_open(dir, 0, NULL);
    g_autofree char *pattern_new = g_strconcat(pattern, ".new", NULL);
    const char *name;
    while (list && (name = g_dir_read_name(list))) {
        if (fnmatch(pattern, name, 0) != 0 && !(unfinished && fnmatch(pattern_new, name, 0) == 0))
            continue;
        g_autofree char *path = file_path(dir, name);
        unlink(path);
    }
}
