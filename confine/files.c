/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a reader may open, by Landlock (Linux 5.13, landlock(7)): files of the system that libraries
 * look up while they work (fonts and their configuration, poppler's character maps, encodings),
 * nothing of the person's. The document is open before, and a right once opened stays.
 *
 * A ruleset names the rights it takes away everywhere, and rules give some back below a folder. All
 * rights that the first version of Landlock knows are taken, writing and executing included, though
 * the seccomp filter denies them too. Names and sizes can still be looked at (stat), contents
 * cannot be read. Where the kernel has no Landlock the reader is as free to read as the person:
 * confine_files_supported() says which, for `doctor` to tell.
 */
#include "confine/files.h"

#include "confine/confine.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Roots of what a distribution installs; /app, /nix and /gnu are other ways to install. */
static const char *const readable[] = {
    "/usr/share", "/usr/lib",   "/usr/lib64", "/usr/local/share/fonts", "/lib",
    "/lib64",     "/etc/fonts", "/app",       "/var/cache/fontconfig",  "/run/host/fonts",
    "/nix/store", "/gnu/store",
};

/* Every right of version 1. */
#define ALL_RIGHTS ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static int create_ruleset(const struct landlock_ruleset_attr *attr, size_t size, unsigned flags)
{
    return (int)syscall(SYS_landlock_create_ruleset, attr, size, flags);
}

bool confine_files_supported(void)
{
    return create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

/* Reading below the folder; one that is not there needs no rule. */
static int allow(int ruleset, const char *folder)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC),
    };
    if (rule.parent_fd < 0)
        return 0;
    int rc = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int error = errno;
    close(rule.parent_fd);
    errno = error;
    return rc;
}

int confine_files(void)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = ALL_RIGHTS};
    if (!confine_files_supported())
        return 0;
    int ruleset = create_ruleset(&attr, sizeof attr, 0);
    if (ruleset < 0)
        return errno;
    int rc = 0;
    for (size_t i = 0; i < sizeof readable / sizeof *readable && rc == 0; i++)
        rc = allow(ruleset, readable[i]);
    if (rc == 0)
        rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (rc == 0)
        rc = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
    int error = rc == 0 ? 0 : errno;
    close(ruleset);
    return error;
}
