/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A source is a copy: it outlives the answer or search that it was made of, so a viewer can keep it
 * after the conversation was left. What a person sees is made here, once: file names that are no
 * UTF-8 are made showable, the home folder is "~".
 */
#include "app/source.h"
#include "app/position.h"
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _LecSource {
    GObject parent_instance;
    guint number;
    char *path, *name, *folder; /* (owned) */
    enum rag_position position_kind;
    int position_from, position_to;
    char *place, *quote, *telling, *heading, *hash; /* (owned) "" where there is none */
    double text_score, vector_score;
    int text_rank, vector_rank;
};

G_DEFINE_FINAL_TYPE(LecSource, lec_source, G_TYPE_OBJECT)

enum {
    PROP_NUMBER = 1,
    PROP_PATH,
    PROP_NAME,
    PROP_FOLDER,
    PROP_POSITION_KIND,
    PROP_POSITION_FROM,
    PROP_POSITION_TO,
    PROP_PLACE,
    PROP_QUOTE,
    PROP_TELLING,
    PROP_HEADING,
    PROP_HASH,
    PROP_TEXT_SCORE,
    PROP_VECTOR_SCORE,
    PROP_TEXT_RANK,
    PROP_VECTOR_RANK,
    N_PROPS
};

/* --- making ----------------------------------------------------------------------------------- */

static char *shown_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *shown = g_filename_display_name(folder);
    g_autofree char *home = g_filename_display_name(g_get_home_dir());
    gsize n = strlen(home);

    if (n > 1 && g_str_has_prefix(shown, home) && (shown[n] == '/' || !shown[n]))
        return g_strconcat("~", shown + n, NULL);
    return g_steal_pointer(&shown);
}

static LecSource *source_new(const char *path, enum rag_position kind, int from, int to)
{
    LecSource *self = g_object_new(LEC_TYPE_SOURCE, NULL);

    self->path = g_strdup(path);
    self->name = g_filename_display_basename(path);
    self->folder = shown_folder(path);
    self->position_kind = kind;
    self->position_from = from;
    self->position_to = to;
    self->place = position_text(kind, from, to);
    return self;
}

static char *copy(const char *text)
{
    return g_strdup(text ? text : "");
}

/* What both kinds of source take from a passage. */
static void set_found_by(LecSource *self, const struct rag_hit *hit)
{
    self->heading = copy(hit->heading);
    self->text_score = hit->text_score;
    self->vector_score = hit->vector_score;
    self->text_rank = hit->text_rank;
    self->vector_rank = hit->vector_rank;
}

LecSource *lec_source_from_hit(const struct rag_hit *hit, guint number)
{
    g_return_val_if_fail(hit, NULL);
    gsize n = hit->text ? strlen(hit->text) : 0;
    bool telling = hit->telling_from < hit->telling_to && hit->telling_to <= n;
    /* a passage over two pages is opened where its sentence stands */
    bool sure = telling && hit->breaks;
    LecSource *self = source_new(hit->path, hit->pos_kind,
                                 sure ? rag_hit_position(hit, hit->telling_from) : hit->pos_from,
                                 sure ? rag_hit_position(hit, hit->telling_to - 1) : hit->pos_to);

    self->number = number;
    self->quote = copy(hit->text);
    self->telling =
        telling ? g_strndup(hit->text + hit->telling_from, hit->telling_to - hit->telling_from)
                : g_strdup("");
    self->hash = copy(hit->hash);
    set_found_by(self, hit);
    return self;
}

LecSource *lec_source_from_citation(const RagAnswer *answer, guint index)
{
    g_return_val_if_fail(answer && index < answer->citations->len, NULL);
    const struct rag_citation *citation = answer->citations->pdata[index];
    LecSource *self =
        source_new(citation->path, citation->pos_kind, citation->pos_from, citation->pos_to);
    bool kept = citation->passage >= 0 && answer->passages &&
                (guint)citation->passage < answer->passages->len;

    self->number = (guint)citation->n;
    self->quote = copy(citation->quote);
    self->telling = g_strdup("");
    self->hash = copy(citation->hash);
    if (kept) {
        set_found_by(self, answer->passages->pdata[citation->passage]);
        return self;
    }
    self->heading = g_strdup("");
    self->text_score = citation->text_score;
    self->vector_score = citation->vector_score;
    return self;
}

/* --- reading ---------------------------------------------------------------------------------- */

#define SOURCE_GETTER(type, field)                                                                 \
    type lec_source_get_##field(LecSource *self)                                                   \
    {                                                                                              \
        g_return_val_if_fail(LEC_IS_SOURCE(self), (type)0);                                        \
        return self->field;                                                                        \
    }
SOURCE_GETTER(guint, number)
SOURCE_GETTER(const char *, path)
SOURCE_GETTER(const char *, name)
SOURCE_GETTER(const char *, folder)
SOURCE_GETTER(enum rag_position, position_kind)
SOURCE_GETTER(int, position_from)
SOURCE_GETTER(int, position_to)
SOURCE_GETTER(const char *, place)
SOURCE_GETTER(const char *, quote)
SOURCE_GETTER(const char *, telling)
SOURCE_GETTER(const char *, heading)
SOURCE_GETTER(const char *, hash)
SOURCE_GETTER(double, text_score)
SOURCE_GETTER(double, vector_score)
SOURCE_GETTER(int, text_rank)
SOURCE_GETTER(int, vector_rank)

char *lec_source_citation(LecSource *self)
{
    g_return_val_if_fail(LEC_IS_SOURCE(self), NULL);
    g_autofree char *place =
        position_citation(self->position_kind, self->position_from, self->position_to);

    /* Translators: a file and the place within it, as in "contract.pdf, p. 17" */
    return *place ? g_strdup_printf(_("%s, %s"), self->name, place) : g_strdup(self->name);
}

/* --- the type --------------------------------------------------------------------------------- */

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecSource *self = LEC_SOURCE(object);
    const char *const strings[N_PROPS] = {
        [PROP_PATH] = self->path,       [PROP_NAME] = self->name,   [PROP_FOLDER] = self->folder,
        [PROP_PLACE] = self->place,     [PROP_QUOTE] = self->quote, [PROP_TELLING] = self->telling,
        [PROP_HEADING] = self->heading, [PROP_HASH] = self->hash,
    };
    const int ints[N_PROPS] = {
        [PROP_POSITION_KIND] = (int)self->position_kind, [PROP_POSITION_FROM] = self->position_from,
        [PROP_POSITION_TO] = self->position_to,          [PROP_TEXT_RANK] = self->text_rank,
        [PROP_VECTOR_RANK] = self->vector_rank,
    };

    if (id == PROP_NUMBER)
        g_value_set_uint(value, self->number);
    else if (id == PROP_TEXT_SCORE || id == PROP_VECTOR_SCORE)
        g_value_set_double(value, id == PROP_TEXT_SCORE ? self->text_score : self->vector_score);
    else if (G_IS_PARAM_SPEC_STRING(pspec))
        g_value_set_string(value, strings[id]);
    else
        g_value_set_int(value, ints[id]);
}

static void finalize(GObject *object)
{
    LecSource *self = LEC_SOURCE(object);

    g_free(self->path);
    g_free(self->name);
    g_free(self->folder);
    g_free(self->place);
    g_free(self->quote);
    g_free(self->telling);
    g_free(self->heading);
    g_free(self->hash);
    G_OBJECT_CLASS(lec_source_parent_class)->finalize(object);
}

static void lec_source_class_init(LecSourceClass *class)
{
    static const struct {
        guint id;
        const char *name;
    } strings[] = {{PROP_PATH, "path"},       {PROP_NAME, "name"},   {PROP_FOLDER, "folder"},
                   {PROP_PLACE, "place"},     {PROP_QUOTE, "quote"}, {PROP_TELLING, "telling"},
                   {PROP_HEADING, "heading"}, {PROP_HASH, "hash"}},
      ints[] = {{PROP_POSITION_KIND, "position-kind"},
                {PROP_POSITION_FROM, "position-from"},
                {PROP_POSITION_TO, "position-to"},
                {PROP_TEXT_RANK, "text-rank"},
                {PROP_VECTOR_RANK, "vector-rank"}},
      doubles[] = {{PROP_TEXT_SCORE, "text-score"}, {PROP_VECTOR_SCORE, "vector-score"}};
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = get_property;
    object_class->finalize = finalize;
    g_object_class_install_property(
        object_class, PROP_NUMBER, g_param_spec_uint("number", NULL, NULL, 0, G_MAXUINT, 0, flags));
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
        g_object_class_install_property(
            object_class, strings[i].id,
            g_param_spec_string(strings[i].name, NULL, NULL, NULL, flags));
    for (guint i = 0; i < G_N_ELEMENTS(ints); i++)
        g_object_class_install_property(
            object_class, ints[i].id,
            g_param_spec_int(ints[i].name, NULL, NULL, 0, G_MAXINT, 0, flags));
    for (guint i = 0; i < G_N_ELEMENTS(doubles); i++)
        g_object_class_install_property(
            object_class, doubles[i].id,
            g_param_spec_double(doubles[i].name, NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags));
}

static void lec_source_init(LecSource *self)
{
    self->text_score = self->vector_score = NAN;
}
