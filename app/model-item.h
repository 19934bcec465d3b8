/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model-item.h: LecModel, a chat model that is on this machine, as a row of the model picker.
 *
 * Read-only properties: "id" (of the catalogue, or the file's name without its ending), "title",
 * "path", "size" (int64, bytes of the file). Thread rule: main thread.
 */
#pragma once

#include <glib-object.h>

#define LEC_TYPE_MODEL (lec_model_get_type())
G_DECLARE_FINAL_TYPE(LecModel, lec_model, LEC, MODEL, GObject)

LecModel *lec_model_new(const char *id, const char *title, const char *path, gint64 size);
const char *lec_model_get_id(LecModel *self);
const char *lec_model_get_title(LecModel *self);
const char *lec_model_get_path(LecModel *self);
gint64 lec_model_get_size(LecModel *self);
