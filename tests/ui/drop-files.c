/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file manager's half of a drag, and no more: drops URIs on whatever window lies at a point.
 *
 *     drop-files [--hold SECONDS] X Y URI…
 *
 * XDND version 5 (freedesktop.org): the target's window says XdndAware; XdndEnter offers
 * text/uri-list, XdndPosition asks, XdndStatus answers; XdndDrop makes the target fetch the
 * selection XdndSelection, and XdndFinished ends it. --hold waits over the target before dropping,
 * for a look at its border. Exit codes: 0 taken, 1 refused, 2 nobody there or no answer.
 */
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 20 /* seconds */

enum atom {
    AWARE,
    SELECTION,
    ENTER,
    POSITION,
    STATUS,
    DROP,
    FINISHED,
    LEAVE,
    COPY,
    URI_LIST,
    TARGETS,
    N_ATOMS
};
static const char *const atom_names[N_ATOMS] = {
    "XdndAware",    "XdndSelection", "XdndEnter",      "XdndPosition",  "XdndStatus", "XdndDrop",
    "XdndFinished", "XdndLeave",     "XdndActionCopy", "text/uri-list", "TARGETS",
};

struct drag {
    Display *display;
    Atom atoms[N_ATOMS];
    Window source, target;
    int x, y;
    char *uris;           /* (owned) text/uri-list: a line each, CRLF */
    size_t n_uris, given; /* bytes; bytes given in pieces so far */
    Window asker;         /* of the pieces; None: none are wanted */
    Atom property;
    bool answered, accepted, finished, taken;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The deepest window at the point that takes drops. */
static Window aware_window(struct drag *drag, Window window)
{
    Window root = DefaultRootWindow(drag->display), child = None, found = None;
    int x, y;

    while (window != None) {
        Atom type;
        int format;
        unsigned long n = 0, rest;
        unsigned char *data = NULL;

        if (XGetWindowProperty(drag->display, window, drag->atoms[AWARE], 0, 1, False, XA_ATOM,
                               &type, &format, &n, &rest, &data) == Success &&
            n > 0)
            found = window;
        if (data)
            XFree(data);
        if (!XTranslateCoordinates(drag->display, root, window, drag->x, drag->y, &x, &y, &child))
            break;
        window = child;
    }
    return found;
}

static void send(struct drag *drag, enum atom message, long a, long b, long c, long d)
{
    XEvent event = {.xclient = {.type = ClientMessage,
                                .window = drag->target,
                                .message_type = drag->atoms[message],
                                .format = 32,
                                .data.l = {(long)drag->source, a, b, c, d}}};
    XSendEvent(drag->display, drag->target, False, NoEventMask, &event);
    XFlush(drag->display);
}

/* What is longer than one request may be goes in pieces (ICCCM, INCR). */
static void give(struct drag *drag, const XSelectionRequestEvent *request)
{
    size_t whole = (size_t)XMaxRequestSize(drag->display) * 2; /* half of it, in bytes */
    XEvent answer = {.xselection = {.type = SelectionNotify,
                                    .requestor = request->requestor,
                                    .selection = request->selection,
                                    .target = request->target,
                                    .property = request->property,
                                    .time = request->time}};

    if (request->target == drag->atoms[TARGETS]) {
        XChangeProperty(drag->display, request->requestor, request->property, XA_ATOM, 32,
                        PropModeReplace, (unsigned char *)&drag->atoms[URI_LIST], 1);
    } else if (request->target == drag->atoms[URI_LIST] && drag->n_uris <= whole) {
        XChangeProperty(drag->display, request->requestor, request->property, request->target, 8,
                        PropModeReplace, (unsigned char *)drag->uris, (int)drag->n_uris);
    } else if (request->target == drag->atoms[URI_LIST]) {
        long size = (long)drag->n_uris;
        XSelectInput(drag->display, request->requestor, PropertyChangeMask);
        XChangeProperty(drag->display, request->requestor, request->property,
                        XInternAtom(drag->display, "INCR", False), 32, PropModeReplace,
                        (unsigned char *)&size, 1);
        drag->asker = request->requestor;
        drag->property = request->property;
        drag->given = 0;
    } else {
        answer.xselection.property = None;
    }
    XSendEvent(drag->display, request->requestor, False, NoEventMask, &answer);
    XFlush(drag->display);
}

/* The asker has taken a piece (it deletes the property): here is the next, an empty one at last. */
static void give_piece(struct drag *drag)
{
    size_t left = drag->n_uris - drag->given, piece = left < 65536 ? left : 65536;

    XChangeProperty(drag->display, drag->asker, drag->property, drag->atoms[URI_LIST], 8,
                    PropModeReplace, (unsigned char *)drag->uris + drag->given, (int)piece);
    XFlush(drag->display);
    drag->given += piece;
    if (piece == 0)
        drag->asker = None;
}

static void handle(struct drag *drag, const XEvent *event)
{
    if (event->type == SelectionRequest) {
        give(drag, &event->xselectionrequest);
    } else if (event->type == PropertyNotify && drag->asker != None &&
               event->xproperty.window == drag->asker && event->xproperty.atom == drag->property &&
               event->xproperty.state == PropertyDelete) {
        give_piece(drag);
    } else if (event->type == ClientMessage && event->xclient.message_type == drag->atoms[STATUS]) {
        drag->answered = true;
        drag->accepted = event->xclient.data.l[1] & 1;
    } else if (event->type == ClientMessage &&
               event->xclient.message_type == drag->atoms[FINISHED]) {
        drag->finished = true;
        drag->taken = event->xclient.data.l[1] & 1;
    }
}

/* Handles events until *what, or for the given time; false: the time is over. */
static bool serve(struct drag *drag, const bool *what, double seconds)
{
    double end = now() + seconds;

    while ((!what || !*what) && now() < end) {
        XEvent event;
        if (!XPending(drag->display)) {
            usleep(5000);
            continue;
        }
        XNextEvent(drag->display, &event);
        handle(drag, &event);
    }
    return what && *what;
}

static int run(struct drag *drag, double hold)
{
    long point = (long)drag->x << 16 | drag->y;

    drag->target = aware_window(drag, DefaultRootWindow(drag->display));
    if (drag->target == None) {
        fprintf(stderr, "drop-files: nobody takes drops at %d,%d\n", drag->x, drag->y);
        return 2;
    }
    XSetSelectionOwner(drag->display, drag->atoms[SELECTION], drag->source, CurrentTime);
    send(drag, ENTER, 5L << 24, (long)drag->atoms[URI_LIST], None, None);
    /* Toolkits answer the first position before they have looked at what is offered. */
    for (int i = 0; i < 20 && !drag->accepted; i++) {
        drag->answered = false;
        send(drag, POSITION, 0, point, CurrentTime, (long)drag->atoms[COPY]);
        if (!serve(drag, &drag->answered, PATIENCE))
            return 2;
        serve(drag, NULL, 0.1);
    }
    if (!drag->accepted) {
        send(drag, LEAVE, 0, 0, 0, 0);
        return 1;
    }
    serve(drag, NULL, hold);
    send(drag, DROP, 0, CurrentTime, 0, 0);
    if (!serve(drag, &drag->finished, PATIENCE))
        return 2;
    return drag->taken ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct drag drag = {0};
    double hold = 0;
    int code;

    if (argc > 2 && strcmp(argv[1], "--hold") == 0) {
        hold = atof(argv[2]);
        argv += 2;
        argc -= 2;
    }
    if (argc < 4 || !(drag.display = XOpenDisplay(NULL))) {
        fprintf(stderr, "usage: drop-files [--hold SECONDS] X Y URI…, on a display\n");
        return 2;
    }
    drag.x = atoi(argv[1]);
    drag.y = atoi(argv[2]);
    for (int i = 3; i < argc; i++)
        drag.n_uris += strlen(argv[i]) + 2;
    drag.uris = malloc(drag.n_uris + 1);
    drag.n_uris = 0;
    for (int i = 3; i < argc; i++)
        drag.n_uris += (size_t)sprintf(drag.uris + drag.n_uris, "%s\r\n", argv[i]);
    XInternAtoms(drag.display, (char **)atom_names, N_ATOMS, False, drag.atoms);
    drag.source =
        XCreateSimpleWindow(drag.display, DefaultRootWindow(drag.display), -10, -10, 1, 1, 0, 0, 0);
    code = run(&drag, hold);
    free(drag.uris);
    XDestroyWindow(drag.display, drag.source);
    XCloseDisplay(drag.display);
    return code;
}
