/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uri-list.h: what a drag or the clipboard names, read without waiting ("text/uri-list", RFC 2483).
 *
 *     lec_uri_list_read_async(stream, cancellable, on_read, self);
 *     g_autoptr(GPtrArray) files = lec_uri_list_read_finish(result, &error);
 */
#pragma once

#include <gio/gio.h>

#define LEC_URI_LIST_TYPE "text/uri-list"

/* Longer lists are an error: some 40,000 names. */
#define LEC_URI_LIST_MAX_BYTES (8 << 20)

void lec_uri_list_read_async(GInputStream *stream, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
/* GPtrArray of GFile (owned by the caller), in their order; remote ones are among them. */
GPtrArray *lec_uri_list_read_finish(GAsyncResult *result, GError **error);
