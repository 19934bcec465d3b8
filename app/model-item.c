/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of the model picker: what the list of models said when it was looked at. */
#include "app/model-item.h"

struct _LecModel {
    GObject parent_instance;
    char *id, *title, *path; /* (owned) */
    gint64 size;
};

G_DEFINE_FINAL_TYPE(LecModel, lec_model, G_TYPE_OBJECT)

enum { PROP_ID = 1, PROP_TITLE, PROP_PATH, PROP_SIZE };

LecModel *lec_model_new(const char *id, const char *title, const char *path, gint64 size)
{
    LecModel *self = g_object_new(LEC_TYPE_MODEL, NULL);

    self->id = g_strdup(id);
    self->title = g_strdup(title);
    self->path = g_strdup(path);
    self->size = size;
    return self;
}

const char *lec_model_get_id(LecModel *self)
{
    g_return_val_if_fail(LEC_IS_MODEL(self), NULL);
    return self->id;
}

const char *lec_model_get_title(LecModel *self)
{
    g_return_val_if_fail(LEC_IS_MODEL(self), NULL);
    return self->title;
}

const char *lec_model_get_path(LecModel *self)
{
    g_return_val_if_fail(LEC_IS_MODEL(self), NULL);
    return self->path;
}

gint64 lec_model_get_size(LecModel *self)
{
    g_return_val_if_fail(LEC_IS_MODEL(self), 0);
    return self->size;
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecModel *self = LEC_MODEL(object);

    switch (id) {
    case PROP_ID:
        g_value_set_string(value, self->id);
        break;
    case PROP_TITLE:
        g_value_set_string(value, self->title);
        break;
    case PROP_PATH:
        g_value_set_string(value, self->path);
        break;
    case PROP_SIZE:
        g_value_set_int64(value, self->size);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void finalize(GObject *object)
{
    LecModel *self = LEC_MODEL(object);

    g_free(self->id);
    g_free(self->title);
    g_free(self->path);
    G_OBJECT_CLASS(lec_model_parent_class)->finalize(object);
}

static void lec_model_class_init(LecModelClass *class)
{
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = get_property;
    object_class->finalize = finalize;
    g_object_class_install_property(object_class, PROP_ID,
                                    g_param_spec_string("id", NULL, NULL, NULL, flags));
    g_object_class_install_property(object_class, PROP_TITLE,
                                    g_param_spec_string("title", NULL, NULL, NULL, flags));
    g_object_class_install_property(object_class, PROP_PATH,
                                    g_param_spec_string("path", NULL, NULL, NULL, flags));
    g_object_class_install_property(
        object_class, PROP_SIZE, g_param_spec_int64("size", NULL, NULL, 0, G_MAXINT64, 0, flags));
}

static void lec_model_init(LecModel *self)
{
}
