/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two seccomp filters (seccomp(2), libseccomp). Both allow by default and deny by list: the program
 * is ours and links large libraries, so a list of everything it may ever call would break with the
 * next libc; what must never happen is short and known.
 *
 * 1. no internet: a socket of any family but AF_UNIX cannot be made; the other ways to come by one
 *    (io_uring, a descriptor taken from another process, one inherited) are closed too.
 * 2. reader: it parses hostile bytes, so it is taken as already taken over. It may read
 *    system files (files.c), compute, and write to the pipe it has. No sockets, programs,
 *    processes, tracing, signals to others, shared memory of others, terminals; nothing on disk
 *    changed; limits on memory and time end it.
 *
 * Numbers of another system call table (int 0x80, x32) mean other calls, so they kill the process
 * (SCMP_FLTATR_ACT_BADARCH). Arguments are compared as 64 bits where the kernel looks at 32: rules
 * are written so that garbage in the upper half is denied or masked away, never let through.
 * What a filter cannot see: a descriptor sent over a Unix socket (SCM_RIGHTS). We have no such
 * peer.
 */
#include "confine/confine.h"

#include "confine/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* AddressSanitizer reserves terabytes of address space for its shadow: no limit can be set there.
 */
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

static bool refuse(char *why, size_t n, const char *what, int error)
{
    snprintf(why, n, "The process could not be confined: %s (%s).", what, strerror(error));
    return false;
}

/* Adds "this call fails with `error`", under a condition if n_cmp is 1. */
static int deny(scmp_filter_ctx ctx, int error, int call, unsigned n_cmp, struct scmp_arg_cmp cmp)
{
    int rc = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO((unsigned)error), call, n_cmp, &cmp);
    /* A call this kernel table does not have cannot be made either. */
    return rc == -EDOM || rc == -EFAULT ? 0 : rc;
}

static int deny_all(scmp_filter_ctx ctx, int error, const int *calls, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = deny(ctx, error, calls[i], 0, (struct scmp_arg_cmp){0});
    return rc;
}

static int new_filter(scmp_filter_ctx *out)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    if (!ctx)
        return -ENOMEM;
    int rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (rc == 0)
        rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 1);
    if (rc == 0) /* threads that libraries started before main() get the filter too */
        rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
    *out = ctx;
    return rc;
}

static int add_no_internet(scmp_filter_ctx ctx)
{
    static const int ways_round[] = {SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
                                     SCMP_SYS(io_uring_register), SCMP_SYS(pidfd_getfd)};
    struct scmp_arg_cmp other_family = SCMP_A0(SCMP_CMP_NE, AF_UNIX);
    int rc = deny_all(ctx, EPERM, ways_round, sizeof ways_round / sizeof *ways_round);
    if (rc == 0)
        rc = deny(ctx, EACCES, SCMP_SYS(socket), 1, other_family);
    if (rc == 0)
        rc = deny(ctx, EACCES, SCMP_SYS(socketpair), 1, other_family);
    return rc;
}

static int add_no_sockets(scmp_filter_ctx ctx)
{
    static const int calls[] = {
        SCMP_SYS(socket),  SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
        SCMP_SYS(listen),  SCMP_SYS(accept),     SCMP_SYS(accept4), SCMP_SYS(sendto),
        SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg),
    };
    return deny_all(ctx, EACCES, calls, sizeof calls / sizeof *calls);
}

static int add_no_processes(scmp_filter_ctx ctx)
{
    static const int calls[] = {
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(fork),
        SCMP_SYS(vfork),
        SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv),
        SCMP_SYS(process_vm_writev),
        SCMP_SYS(process_madvise),
        SCMP_SYS(kcmp),
        SCMP_SYS(pidfd_open),
        SCMP_SYS(pidfd_send_signal),
        SCMP_SYS(tkill),
        SCMP_SYS(rt_sigqueueinfo),
        SCMP_SYS(rt_tgsigqueueinfo),
        SCMP_SYS(setns),
        SCMP_SYS(unshare),
        SCMP_SYS(mount),
        SCMP_SYS(bpf),
        SCMP_SYS(userfaultfd),
        SCMP_SYS(perf_event_open),
        SCMP_SYS(keyctl),
        SCMP_SYS(add_key),
        SCMP_SYS(request_key),
        SCMP_SYS(setrlimit),
    };
    scmp_datum_t self = (scmp_datum_t)getpid();
    int rc = deny_all(ctx, EPERM, calls, sizeof calls / sizeof *calls);
    if (rc == 0) /* limits may be asked for, not lifted (root could) */
        rc = deny(ctx, EPERM, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_NE, 0));
    if (rc == 0) /* abort() signals its own thread */
        rc = deny(ctx, EPERM, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_NE, self));
    if (rc == 0)
        rc = deny(ctx, EPERM, SCMP_SYS(kill), 1, SCMP_A0(SCMP_CMP_NE, self));
    if (rc == 0) /* threads yes, processes no */
        rc = deny(ctx, EPERM, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    if (rc == 0) /* its flags lie in memory, unseen: libc falls back on clone */
        rc = deny(ctx, ENOSYS, SCMP_SYS(clone3), 0, (struct scmp_arg_cmp){0});
    return rc;
}

/* Ways out by the terminal, by what other programs share, and by the rights of root. */
static int add_no_reach(scmp_filter_ctx ctx)
{
    static const int calls[] = {
        /* other programs' shared memory and queues */
        SCMP_SYS(shmget),
        SCMP_SYS(shmat),
        SCMP_SYS(shmctl),
        SCMP_SYS(msgget),
        SCMP_SYS(msgsnd),
        SCMP_SYS(msgrcv),
        SCMP_SYS(msgctl),
        SCMP_SYS(semget),
        SCMP_SYS(semop),
        SCMP_SYS(semtimedop),
        SCMP_SYS(semctl),
        SCMP_SYS(mq_open),
        SCMP_SYS(mq_unlink),
        /* what root could still do to the system */
        SCMP_SYS(umount2),
        SCMP_SYS(move_mount),
        SCMP_SYS(open_tree),
        SCMP_SYS(fsopen),
        SCMP_SYS(fspick),
        SCMP_SYS(fsmount),
        SCMP_SYS(mount_setattr),
        SCMP_SYS(pivot_root),
        SCMP_SYS(chroot),
        SCMP_SYS(swapon),
        SCMP_SYS(swapoff),
        SCMP_SYS(init_module),
        SCMP_SYS(finit_module),
        SCMP_SYS(delete_module),
        SCMP_SYS(kexec_load),
        SCMP_SYS(kexec_file_load),
        SCMP_SYS(reboot),
        SCMP_SYS(iopl),
        SCMP_SYS(ioperm),
    };
    /* Signals by way of a file: an asynchronous pipe sends the signal of one's choice to the owner
       of one's choice. */
    static const int owners[] = {F_SETOWN, F_SETOWN_EX, F_SETSIG, F_NOTIFY, F_SETLEASE};
    int rc = deny_all(ctx, EPERM, calls, sizeof calls / sizeof *calls);
    if (rc == 0) /* TIOCSTI types into the terminal that the program was started from */
        rc = deny(ctx, ENOTTY, SCMP_SYS(ioctl), 0, (struct scmp_arg_cmp){0});
    for (size_t i = 0; i < sizeof owners / sizeof *owners && rc == 0; i++)
        rc = deny(ctx, EPERM, SCMP_SYS(fcntl), 1,
                  SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, (scmp_datum_t)owners[i]));
    return rc;
}

static int add_no_writing(scmp_filter_ctx ctx)
{
    static const int calls[] = {
        SCMP_SYS(creat),           SCMP_SYS(unlink),       SCMP_SYS(unlinkat),
        SCMP_SYS(rename),          SCMP_SYS(renameat),     SCMP_SYS(renameat2),
        SCMP_SYS(mkdir),           SCMP_SYS(mkdirat),      SCMP_SYS(rmdir),
        SCMP_SYS(mknod),           SCMP_SYS(mknodat),      SCMP_SYS(link),
        SCMP_SYS(linkat),          SCMP_SYS(symlink),      SCMP_SYS(symlinkat),
        SCMP_SYS(truncate),        SCMP_SYS(ftruncate),    SCMP_SYS(fallocate),
        SCMP_SYS(chmod),           SCMP_SYS(fchmod),       SCMP_SYS(fchmodat),
        SCMP_SYS(chown),           SCMP_SYS(fchown),       SCMP_SYS(lchown),
        SCMP_SYS(fchownat),        SCMP_SYS(utimensat),    SCMP_SYS(utimes),
        SCMP_SYS(futimesat),       SCMP_SYS(utime),        SCMP_SYS(setxattr),
        SCMP_SYS(lsetxattr),       SCMP_SYS(fsetxattr),    SCMP_SYS(removexattr),
        SCMP_SYS(lremovexattr),    SCMP_SYS(fremovexattr), SCMP_SYS(open_by_handle_at),
        SCMP_SYS(copy_file_range),
    };
    /* O_TMPFILE needs one of the first two. */
    static const int flags[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC};
    int rc = deny_all(ctx, EACCES, calls, sizeof calls / sizeof *calls);
    for (size_t i = 0; i < sizeof flags / sizeof *flags && rc == 0; i++) {
        scmp_datum_t bit = (scmp_datum_t)flags[i];
        rc = deny(ctx, EACCES, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, bit, bit));
        if (rc == 0)
            rc = deny(ctx, EACCES, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, bit, bit));
    }
    if (rc == 0) /* flags in memory, unseen */
        rc = deny(ctx, ENOSYS, SCMP_SYS(openat2), 0, (struct scmp_arg_cmp){0});
    return rc;
}

/* Sockets of other families that were open when the program started (an inetd, a careless parent).
   0, 1 and 2 must stay open, so /dev/null takes their place. */
static bool close_inherited_sockets(char *why, size_t n)
{
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return refuse(why, n, "the list of open files, /proc/self/fd, cannot be read", errno);
    for (struct dirent *entry; (entry = readdir(dir));) {
        int fd = atoi(entry->d_name), domain;
        socklen_t size = sizeof domain;
        if (entry->d_name[0] == '.' || fd == dirfd(dir) ||
            getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain == AF_UNIX)
            continue;
        if (fd > STDERR_FILENO) {
            close(fd);
            continue;
        }
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null < 0 || dup2(null, fd) < 0) {
            int error = errno;
            closedir(dir);
            return refuse(why, n, "/dev/null cannot take the place of a socket", error);
        }
        close(null);
    }
    closedir(dir);
    return true;
}

bool confine_no_internet(char *why, size_t n)
{
    if (!close_inherited_sockets(why, n))
        return false;
    scmp_filter_ctx ctx = NULL;
    int rc = new_filter(&ctx);
    if (rc == 0)
        rc = add_no_internet(ctx);
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    return rc == 0 || refuse(why, n, "the filter against internet sockets was not accepted", -rc);
}

static bool limit(int resource, int64_t soft, int64_t hard)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0)
        return false;
    rlim_t want_hard = (rlim_t)hard < now.rlim_max ? (rlim_t)hard : now.rlim_max;
    rlim_t want_soft = (rlim_t)soft < want_hard ? (rlim_t)soft : want_hard;
    struct rlimit want = {want_soft, want_hard};
    return setrlimit((__rlimit_resource_t)resource, &want) == 0;
}

static bool set_limits(int64_t memory_bytes, int cpu_seconds)
{
    bool ok = limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_FSIZE, 0, 0) &&
              limit(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1);
#ifndef HAVE_ASAN
    ok = ok && limit(RLIMIT_AS, memory_bytes, memory_bytes);
#else
    (void)memory_bytes;
#endif
    return ok;
}

bool confine_reader(int64_t memory_bytes, int cpu_seconds, char *why, size_t n)
{
    /* The reader must not outlive the program that waits for its blocks. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return refuse(why, n, "it cannot be tied to its parent", errno);
    if (!set_limits(memory_bytes, cpu_seconds))
        return refuse(why, n, "its limits cannot be set", errno);
    if (!confine_no_internet(why, n))
        return false;
    int error = confine_files();
    if (error)
        return refuse(why, n, "the person's files cannot be closed off", error);
    scmp_filter_ctx ctx = NULL;
    int rc = new_filter(&ctx);
    if (rc == 0)
        rc = add_no_sockets(ctx);
    if (rc == 0)
        rc = add_no_processes(ctx);
    if (rc == 0)
        rc = add_no_reach(ctx);
    if (rc == 0)
        rc = add_no_writing(ctx);
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    return rc == 0 || refuse(why, n, "the reader's filter was not accepted", -rc);
}
