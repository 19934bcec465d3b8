/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A card has four lines of its passage, laid around the sentence that bears on the question; the
 * button below shows the whole passage. The sentence is tinted and a little heavier, so that it is
 * seen without the colour too; the tint is translucent, and fits light and dark.
 */
#include "ui/evidence-card.h"
#include "ui/excerpt.h"
#include <glib/gi18n.h>

#define EXCERPT_CHARS 230
#define NAME_CHARS    20
/* A soft amber at about a third, on white and on near-black. */
#define TINT_RED   0xf5
#define TINT_GREEN 0xc2
#define TINT_BLUE  0x11
#define TINT_ALPHA 0x58

struct _LecEvidenceCard {
    GtkBox parent;
    LecSource *source; /* (owned) */
    GtkWidget *open_button, *more_button;
    GtkLabel *name_label, *place_label, *heading_label, *text_label;
    gboolean whole;
};

G_DEFINE_FINAL_TYPE(LecEvidenceCard, lec_evidence_card, GTK_TYPE_BOX)

enum { PROP_SOURCE = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

LecEvidenceCard *lec_evidence_card_new(LecSource *source)
{
    g_return_val_if_fail(LEC_IS_SOURCE(source), NULL);
    return g_object_new(LEC_TYPE_EVIDENCE_CARD, "source", source, NULL);
}

LecSource *lec_evidence_card_get_source(LecEvidenceCard *self)
{
    g_return_val_if_fail(LEC_IS_EVIDENCE_CARD(self), NULL);
    return self->source;
}

static void insert(PangoAttrList *attributes, PangoAttribute *attribute, const LecExcerpt *excerpt)
{
    attribute->start_index = excerpt->from;
    attribute->end_index = excerpt->to;
    pango_attr_list_insert(attributes, attribute);
}

static void show_text(LecEvidenceCard *self)
{
    g_auto(LecExcerpt) excerpt = {0};
    g_autoptr(PangoAttrList) attributes = pango_attr_list_new();

    lec_excerpt_make(&excerpt, lec_source_get_quote(self->source),
                     lec_source_get_telling(self->source), self->whole ? 0 : EXCERPT_CHARS);
    if (excerpt.to > excerpt.from) {
        insert(attributes,
               pango_attr_background_new(TINT_RED * 257, TINT_GREEN * 257, TINT_BLUE * 257),
               &excerpt);
        insert(attributes, pango_attr_background_alpha_new(TINT_ALPHA * 257), &excerpt);
        insert(attributes, pango_attr_weight_new(PANGO_WEIGHT_MEDIUM), &excerpt);
    }
    gtk_label_set_text(self->text_label, excerpt.text);
    gtk_label_set_attributes(self->text_label, attributes);
    gtk_widget_set_visible(self->more_button, excerpt.cut || self->whole);
    gtk_button_set_label(GTK_BUTTON(self->more_button),
                         self->whole ? _("Show Less") : _("Show More"));
}

static void on_more(LecEvidenceCard *self)
{
    self->whole = !self->whole;
    show_text(self);
}

static void on_open(LecEvidenceCard *self)
{
    g_signal_emit(self, signals[ACTIVATED], 0);
}

static void lec_evidence_card_constructed(GObject *object)
{
    LecEvidenceCard *self = LEC_EVIDENCE_CARD(object);
    const char *name = lec_source_get_name(self->source);
    const char *place = lec_source_get_place(self->source);
    const char *heading = lec_source_get_heading(self->source);
    g_autofree char *where = *place ? g_strdup_printf(_("%s, %s"), name, place) : g_strdup(name);
    g_autofree char *label = g_strdup_printf(_("Open %s"), where);

    G_OBJECT_CLASS(lec_evidence_card_parent_class)->constructed(object);
    gtk_label_set_text(self->name_label, name);
    /* the heading beside it gives way first; small letters are narrower than the font's measure */
    gtk_label_set_width_chars(self->name_label, MIN(g_utf8_strlen(name, -1), NAME_CHARS) * 3 / 4);
    gtk_label_set_text(self->place_label, place);
    gtk_label_set_text(self->heading_label, heading);
    gtk_widget_set_tooltip_text(self->open_button, lec_source_get_folder(self->source));
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->open_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   label, -1);
    show_text(self);
}

static void lec_evidence_card_set_property(GObject *object, guint id, const GValue *value,
                                           GParamSpec *pspec)
{
    if (id == PROP_SOURCE)
        LEC_EVIDENCE_CARD(object)->source = g_value_dup_object(value);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_evidence_card_get_property(GObject *object, guint id, GValue *value,
                                           GParamSpec *pspec)
{
    if (id == PROP_SOURCE)
        g_value_set_object(value, LEC_EVIDENCE_CARD(object)->source);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_evidence_card_dispose(GObject *object)
{
    g_clear_object(&LEC_EVIDENCE_CARD(object)->source);
    G_OBJECT_CLASS(lec_evidence_card_parent_class)->dispose(object);
}

static void lec_evidence_card_class_init(LecEvidenceCardClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->constructed = lec_evidence_card_constructed;
    object_class->get_property = lec_evidence_card_get_property;
    object_class->set_property = lec_evidence_card_set_property;
    object_class->dispose = lec_evidence_card_dispose;
    properties[PROP_SOURCE] =
        g_param_spec_object("source", NULL, NULL, LEC_TYPE_SOURCE,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
    signals[ACTIVATED] = g_signal_new("activated", LEC_TYPE_EVIDENCE_CARD, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/evidence-card.ui");
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceCard, open_button);
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceCard, more_button);
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceCard, name_label);
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceCard, place_label);
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceCard, heading_label);
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceCard, text_label);
    gtk_widget_class_bind_template_callback(widget_class, on_open);
    gtk_widget_class_bind_template_callback(widget_class, on_more);
}

static void lec_evidence_card_init(LecEvidenceCard *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
