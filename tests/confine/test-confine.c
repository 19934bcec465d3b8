/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each forbidden act is planted twice, each time in a child of its own: free, where it must work
 * (or the check would prove nothing), and confined, where it must fail with the right error.
 */
#include "confine/confine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum filter { FREE, NO_INTERNET, READER };
enum { WORKED = 0, CONFINE_FAILED = 250, DIED = 1000 };

static int listener_port;     /* a TCP listener in the test's own process */
static char scratch_file[64]; /* exists */
static int scratch_fd;        /* the same, open */
static pid_t bystander;       /* a process to signal and trace */

/* Runs act() in a child; its return value (0 or errno), or DIED + the signal that ended it. */
static int in_child(enum filter filter, int (*act)(void))
{
    pid_t pid = fork();
    g_assert_cmpint(pid, >=, 0);
    if (pid == 0) {
        char why[200] = "";
        bool ok = filter == FREE ||
                  (filter == NO_INTERNET ? confine_no_internet(why, sizeof why)
                                         : confine_reader(INT64_C(1) << 30, 1, why, sizeof why));
        _exit(ok ? act() : CONFINE_FAILED);
    }
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : DIED + WTERMSIG(status);
}

static int connect_to(int family, const struct sockaddr *address, socklen_t size)
{
    int fd = socket(family, SOCK_STREAM, 0);
    if (fd < 0)
        return errno;
    return connect(fd, address, size) == 0 ? WORKED : errno;
}

static int act_connect(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)listener_port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return connect_to(AF_INET, (struct sockaddr *)&address, sizeof address);
}

static int act_socket_v6(void)
{
    return socket(AF_INET6, SOCK_STREAM, 0) >= 0 ? WORKED : errno;
}

static int act_udp(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        return errno;
    return sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address) == 1 ? WORKED : errno;
}

static int act_netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0) >= 0 ? WORKED : errno;
}

/* The kernel looks at the lower 32 bits of the family only. */
static int act_socket_upper_bits(void)
{
    return syscall(SYS_socket, (1L << 32) | AF_INET, SOCK_STREAM, 0) >= 0 ? WORKED : errno;
}

static void *socket_in_thread(void *data)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return GINT_TO_POINTER(fd >= 0 ? WORKED : errno);
}

static int act_socket_in_thread(void)
{
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, socket_in_thread, NULL) != 0)
        return 200;
    pthread_join(thread, &result);
    return GPOINTER_TO_INT(result);
}

static int act_socket_in_grandchild(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(act_connect());
    int status;
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static int act_io_uring(void)
{
    char params[120] = {0};
    return syscall(SYS_io_uring_setup, 4, params) >= 0 ? WORKED : errno;
}

static int act_unix(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? WORKED : errno;
}

static int act_open_write(void)
{
    return open(scratch_file, O_WRONLY) >= 0 ? WORKED : errno;
}

static int act_open_append(void)
{
    return open(scratch_file, O_RDWR | O_APPEND) >= 0 ? WORKED : errno;
}

static int act_create(void)
{
    g_autofree char *path = g_strconcat(scratch_file, ".new", NULL);
    int fd = open(path, O_RDONLY | O_CREAT, 0600);
    unlink(path);
    return fd >= 0 ? WORKED : errno;
}

static int act_unlink(void)
{
    g_autofree char *path = g_strconcat(scratch_file, ".link", NULL);
    if (link(scratch_file, path) != 0)
        return errno;
    return unlink(path) == 0 ? WORKED : errno;
}

static int act_mkdir(void)
{
    g_autofree char *path = g_strconcat(scratch_file, ".d", NULL);
    if (mkdir(path, 0700) != 0)
        return errno;
    return rmdir(path) == 0 ? WORKED : errno;
}

static int act_read(void)
{
    char c;
    int fd = open(scratch_file, O_RDONLY);
    return fd >= 0 && read(fd, &c, 1) == 1 ? WORKED : errno;
}

static int act_list(void)
{
    int fd = open("/tmp", O_RDONLY | O_DIRECTORY);
    return fd >= 0 ? WORKED : errno;
}

/* As poppler does for fonts. */
static int act_read_system(void)
{
    char c;
    int fd = open("/usr/lib/os-release", O_RDONLY);
    return fd >= 0 && read(fd, &c, 1) == 1 ? WORKED : errno;
}

/* The document: open before. */
static int act_read_open(void)
{
    char c;
    return pread(scratch_fd, &c, 1, 0) == 1 ? WORKED : errno;
}

static int act_exec(void)
{
    execl("/bin/true", "true", NULL);
    return errno;
}

static int act_fork(void)
{
    pid_t pid = fork();
    if (pid < 0)
        return errno;
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    return WORKED;
}

static int act_signal(void)
{
    return kill(bystander, 0) == 0 ? WORKED : errno;
}

static int act_peek(void)
{
    static char word[8] = "bystand";
    char out[8];
    struct iovec here = {out, 8}, there = {word, 8};
    return syscall(SYS_process_vm_readv, bystander, &here, 1, &there, 1, 0) == 8 ? WORKED : errno;
}

static int act_thread(void)
{
    pthread_t thread;
    int rc = pthread_create(&thread, NULL, socket_in_thread, NULL);
    return rc == 0 ? pthread_join(thread, NULL) : rc;
}

#ifndef __SANITIZE_ADDRESS__ /* it needs more address space than the limit leaves */
static int act_memory(void)
{
    void *p = mmap(NULL, (size_t)2 << 30, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p != MAP_FAILED ? WORKED : errno;
}
#endif

/* A pipe that sends a signal to another process when it is written to. */
static int act_signal_by_pipe(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return 200;
    return fcntl(ends[0], F_SETOWN, bystander) == 0 ? WORKED : errno;
}

/* With bits that the kernel does not look at. */
static int act_signal_by_pipe_upper_bits(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return 200;
    return syscall(SYS_fcntl, ends[0], 1L << 32 | F_SETOWN, bystander) == 0 ? WORKED : errno;
}

/* As TIOCSTI, which would type into the terminal that started the program; this one needs none. */
static int act_ioctl(void)
{
    int ends[2], n;
    if (pipe(ends) != 0)
        return 200;
    return ioctl(ends[0], FIONREAD, &n) == 0 ? WORKED : errno;
}

static int act_shared_memory(void)
{
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    if (id < 0)
        return errno;
    shmctl(id, IPC_RMID, NULL);
    return WORKED;
}

static int act_lift_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return 200;
    return setrlimit(RLIMIT_CORE, &limit) == 0 ? WORKED : errno;
}

static int act_abort(void)
{
    abort();
}

struct plant {
    const char *name;
    enum filter filter;
    int (*act)(void);
    int error; /* under the filter */
};

static const struct plant plants[] = {
    {"connect", NO_INTERNET, act_connect, EACCES},
    {"ipv6", NO_INTERNET, act_socket_v6, EACCES},
    {"udp", NO_INTERNET, act_udp, EACCES},
    {"netlink", NO_INTERNET, act_netlink, EACCES},
    {"upper-bits", NO_INTERNET, act_socket_upper_bits, EACCES},
    {"thread", NO_INTERNET, act_socket_in_thread, EACCES},
    {"grandchild", NO_INTERNET, act_socket_in_grandchild, EACCES},
    {"io-uring", NO_INTERNET, act_io_uring, EPERM},
    {"unix-is-free", NO_INTERNET, act_unix, WORKED},
    {"write-is-free", NO_INTERNET, act_open_write, WORKED},
    {"exec-is-free", NO_INTERNET, act_exec, WORKED},
    {"reader-connect", READER, act_connect, EACCES},
    {"reader-udp", READER, act_udp, EACCES},
    {"reader-unix", READER, act_unix, EACCES},
    {"reader-io-uring", READER, act_io_uring, EPERM},
    {"reader-write", READER, act_open_write, EACCES},
    {"reader-append", READER, act_open_append, EACCES},
    {"reader-create", READER, act_create, EACCES},
    {"reader-unlink", READER, act_unlink, EACCES},
    {"reader-mkdir", READER, act_mkdir, EACCES},
    {"reader-read", READER, act_read, EACCES},
    {"reader-list", READER, act_list, EACCES},
    {"reader-system-files-are-free", READER, act_read_system, WORKED},
    {"reader-document-is-free", READER, act_read_open, WORKED},
    {"reader-thread-is-free", READER, act_thread, WORKED},
    {"reader-exec", READER, act_exec, EPERM},
    {"reader-fork", READER, act_fork, EPERM},
    {"reader-signal", READER, act_signal, EPERM},
    {"reader-limits", READER, act_lift_limit, EPERM},
    {"reader-signal-by-pipe", READER, act_signal_by_pipe, EPERM},
    {"reader-signal-by-pipe-upper-bits", READER, act_signal_by_pipe_upper_bits, EPERM},
    {"reader-terminal", READER, act_ioctl, ENOTTY},
    {"reader-shared-memory", READER, act_shared_memory, EPERM},
    {"reader-peek", READER, act_peek, EPERM},
#ifndef __SANITIZE_ADDRESS__
    {"reader-memory", READER, act_memory, ENOMEM},
#endif
};

static void test_plant(gconstpointer data)
{
    const struct plant *plant = data;
    int unconfined = in_child(FREE, plant->act);
    if (unconfined == EAFNOSUPPORT || unconfined == ENOSYS ||
        (plant->act == act_io_uring && unconfined == EPERM)) {
        g_test_skip("this machine denies it to everyone");
        return;
    }
    g_assert_cmpint(unconfined, ==, WORKED);
    if ((plant->act == act_read || plant->act == act_list) && !confine_files_supported()) {
        g_test_skip("this kernel has no Landlock: a reader may open what the person may");
        return;
    }
    g_assert_cmpint(in_child(plant->filter, plant->act), ==, plant->error);
}

static void test_abort(void)
{
    g_assert_cmpint(in_child(READER, act_abort), ==, DIED + SIGABRT);
}

static int act_spin(void)
{
    for (volatile unsigned i = 1; i; i += 2)
        ;
    return WORKED;
}

static void test_cpu_limit(void)
{
    int died = in_child(READER, act_spin);
    g_assert_true(died == DIED + SIGXCPU || died == DIED + SIGKILL);
}

/* A socket that was open before the filter: closed, and 0 is /dev/null rather than nothing. */
static int inherited_fd;
static int act_use_inherited(void)
{
    char c;
    if (fcntl(inherited_fd, F_GETFD) >= 0 || errno != EBADF)
        return 201;
    return read(STDIN_FILENO, &c, 1) == 0 ? WORKED : 202;
}

static void test_inherited(void)
{
    int saved = dup(STDIN_FILENO);
    inherited_fd = socket(AF_INET, SOCK_STREAM, 0);
    g_assert_cmpint(inherited_fd, >=, 0);
    dup2(inherited_fd, STDIN_FILENO);
    int free_result = in_child(FREE, act_use_inherited);
    int confined_result = in_child(NO_INTERNET, act_use_inherited);
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
    close(inherited_fd);
    g_assert_cmpint(free_result, ==, 201);
    g_assert_cmpint(confined_result, ==, WORKED);
}

#ifdef __x86_64__
static int act_int80(void) /* getpid of the 32-bit table */
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
    return WORKED;
}

static int act_x32(void) /* getpid of the x32 table */
{
    syscall(0x40000000L | SYS_getpid);
    return WORKED;
}

static void test_foreign_tables(void)
{
    g_assert_cmpint(in_child(FREE, act_x32), ==, WORKED);
    g_assert_cmpint(in_child(NO_INTERNET, act_x32), ==, DIED + SIGSYS);
    if (in_child(FREE, act_int80) != WORKED)
        g_test_skip("this kernel has no 32-bit calls");
    else
        g_assert_cmpint(in_child(NO_INTERNET, act_int80), ==, DIED + SIGSYS);
}
#endif

static int listen_on_loopback(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(fd, 8), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &size), ==, 0);
    listener_port = ntohs(address.sin_port);
    return fd;
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    int listener = listen_on_loopback();
    g_strlcpy(scratch_file, "/tmp/lectern-confine-XXXXXX", sizeof scratch_file);
    scratch_fd = mkstemp(scratch_file);
    g_assert_cmpint(write(scratch_fd, "text", 4), ==, 4);
    bystander = fork();
    if (bystander == 0) {
        pause();
        _exit(0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(plants); i++) {
        g_autofree char *path = g_strconcat("/confine/", plants[i].name, NULL);
        g_test_add_data_func(path, &plants[i], test_plant);
    }
    g_test_add_func("/confine/reader-may-abort", test_abort);
    g_test_add_func("/confine/cpu-limit", test_cpu_limit);
    g_test_add_func("/confine/inherited-socket", test_inherited);
#ifdef __x86_64__
    g_test_add_func("/confine/foreign-tables", test_foreign_tables);
#endif
    int rc = g_test_run();
    kill(bystander, SIGKILL);
    waitpid(bystander, NULL, 0);
    unlink(scratch_file);
    close(scratch_fd);
    close(listener);
    return rc;
}
