/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A signal handler may do little: it sets the flag that the engine looks at and wakes a thread,
 * which cancels the GCancellable that everything else looks at. The handler removes itself, so that
 * a second signal ends a program that does not listen.
 */
#include "app/cli/cli.h"
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

static atomic_bool cancelled;
static int wake_fd = -1;

static void on_signal(int signal_number)
{
    int saved = errno;
    uint64_t one = 1;

    atomic_store(&cancelled, true);
    while (write(wake_fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
    errno = saved;
}

static void *wait_for_signal(void *cancellable)
{
    uint64_t count;

    while (read(wake_fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
    g_cancellable_cancel(cancellable);
    return NULL;
}

void cli_cancel_install(GCancellable *cancellable)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND | SA_RESTART};

    wake_fd = eventfd(0, EFD_CLOEXEC);
    if (wake_fd < 0)
        return; /* then a signal ends the program at once, as it does by default */
    /* The thread may wake when main() is at its end: it has a reference of its own. */
    g_thread_unref(g_thread_new("signals", wait_for_signal, g_object_ref(cancellable)));
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

const atomic_bool *cli_cancel_flag(void)
{
    return &cancelled;
}
