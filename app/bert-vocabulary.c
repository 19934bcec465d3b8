/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A BERT vocabulary is a list of pieces, the line number being the id (vocab.txt), or a map from
 * piece to id (tokenizer.json). "##ing" continues a word, "ing" begins one. GGUF files turn that
 * round, as SentencePiece writes it: "ing" continues, "▁ing" (U+2581) begins; tokens in brackets
 * ("[CLS]") stay as they are. Convention of llama.cpp's convert_hf_to_gguf.py, class BertModel.
 *
 * Rows of the embedding table without a piece are filled with "[PAD<id>]", kind unused. Whether
 * text is folded to lower case is not among the keys of GGUF (llama.cpp always does it); we store
 * it as tokenizer.lectern.lower_case.
 */
#include "app/bert-vocabulary.h"
#include "app/error.h"
#include "app/json-read.h"
#include "app/regular-file.h"
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define MAX_VOCABULARY_FILE (64 << 20)
#define MAX_CONFIG_FILE     (4 << 20)

enum token_kind { KIND_NORMAL = 1, KIND_CONTROL = 3, KIND_UNUSED = 5 };
enum special { SPECIAL_CLS, SPECIAL_SEP, SPECIAL_PAD, SPECIAL_UNK, SPECIAL_MASK, N_SPECIAL };

static const struct {
    const char *member, *usual; /* of tokenizer_config.json; the text where it is silent */
    const char *keys[2];        /* of GGUF; "seperator" is the format's own spelling */
} specials[N_SPECIAL] = {
    [SPECIAL_CLS] = {"cls_token",
                     "[CLS]",
                     {"tokenizer.ggml.bos_token_id", "tokenizer.ggml.cls_token_id"}},
    [SPECIAL_SEP] = {"sep_token",
                     "[SEP]",
                     {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.seperator_token_id"}},
    [SPECIAL_PAD] = {"pad_token", "[PAD]", {"tokenizer.ggml.padding_token_id"}},
    [SPECIAL_UNK] = {"unk_token", "[UNK]", {"tokenizer.ggml.unknown_token_id"}},
    [SPECIAL_MASK] = {"mask_token", "[MASK]", {"tokenizer.ggml.mask_token_id"}},
};

struct bert_vocabulary {
    GPtrArray *pieces;          /* (owned) strings in GGUF's convention; the index is the id */
    int32_t *kinds;             /* (owned) one a piece */
    int32_t special[N_SPECIAL]; /* ids; the mask's may be -1 */
    bool lower_case;
};

static bool fail(GError **error, const char *path, const char *what)
{
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, _("%s cannot be used: %s."), path, what);
    return false;
}

static GPtrArray *read_lines(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(g_free);
    gsize n;

    if (!regular_file_read(path, MAX_VOCABULARY_FILE, &text, &n, error))
        return NULL;
    if (!g_utf8_validate_len(text, n, NULL)) {
        fail(error, path, _("it is not UTF-8"));
        return NULL;
    }
    for (char *line = text, *end; line < text + n; line = end + 1) {
        end = memchr(line, '\n', (size_t)(text + n - line));
        if (!end)
            end = text + n;
        g_ptr_array_add(pieces,
                        g_strndup(line, (gsize)(end - line) - (end > line && end[-1] == '\r')));
    }
    return g_steal_pointer(&pieces);
}

/* The map of tokenizer.json, sorted by id; ids must be 0 … n − 1. */
static GPtrArray *read_map(const char *path, GError **error)
{
    g_autoptr(JsonObject) file = json_read_file(path, MAX_VOCABULARY_FILE, error);
    JsonObject *model = json_read_member(file, "model"), *map = json_read_member(model, "vocab");
    g_autoptr(GPtrArray) pieces = NULL;
    JsonObjectIter iter;
    const char *piece;
    JsonNode *node;
    guint n;

    if (!file)
        return NULL;
    if (g_strcmp0(json_read_string(model, "type"), "WordPiece") != 0 || !map) {
        fail(error, path, _("only WordPiece vocabularies can be converted"));
        return NULL;
    }
    n = json_object_get_size(map);
    pieces = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_set_size(pieces, (int)n);
    json_object_iter_init(&iter, map);
    while (json_object_iter_next(&iter, &piece, &node)) {
        int64_t id;
        if (!json_read_int(map, piece, 0, (int64_t)n - 1, &id) || pieces->pdata[id]) {
            fail(error, path, _("its ids are not the numbers from 0 on, each once"));
            return NULL;
        }
        pieces->pdata[id] = g_strdup(piece);
    }
    return g_steal_pointer(&pieces);
}

/* A special token is written as a string, or as an object with its "content". */
static const char *special_text(JsonObject *config, enum special which)
{
    const char *text = json_read_string(config, specials[which].member);

    if (!text)
        text = json_read_string(json_read_member(config, specials[which].member), "content");
    return text ? text : specials[which].usual;
}

static bool find_specials(struct bert_vocabulary *v, JsonObject *config, const char *dir,
                          GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = v->pieces->len; i-- > 0;)
        g_hash_table_insert(ids, v->pieces->pdata[i], GUINT_TO_POINTER(i + 1));
    for (int i = 0; i < N_SPECIAL; i++) {
        const char *text = special_text(config, i);
        v->special[i] = GPOINTER_TO_INT(g_hash_table_lookup(ids, text)) - 1;
        if (v->special[i] >= 0) {
            v->kinds[v->special[i]] = KIND_CONTROL;
        } else if (i != SPECIAL_MASK) {
            g_autofree char *what = g_strdup_printf(_("its vocabulary lacks %s"), text);
            return fail(error, dir, what);
        }
    }
    return true;
}

/* "##ing" → "ing", "ing" → "▁ing", "[CLS]" and whatever is special → itself. */
static char *in_gguf_convention(const char *piece, enum token_kind kind)
{
    size_t n = strlen(piece);

    if (kind != KIND_NORMAL || (n >= 2 && piece[0] == '[' && piece[n - 1] == ']'))
        return g_strdup(piece);
    if (g_str_has_prefix(piece, "##"))
        return g_strdup(piece + 2);
    return g_strconcat("\u2581", piece, NULL);
}

/* Lower case: said by tokenizer_config.json, else by the normalizer of tokenizer.json, else what
   BertTokenizer does by itself. Accents go with the case unless somebody says otherwise. */
static bool read_case(struct bert_vocabulary *v, JsonObject *config, const char *dir,
                      GError **error)
{
    g_autofree char *path = g_build_filename(dir, "tokenizer.json", NULL);
    g_autoptr(JsonObject) file = NULL;
    bool strip;

    v->lower_case = true;
    if (!json_read_bool(config, "do_lower_case", &v->lower_case) &&
        g_file_test(path, G_FILE_TEST_EXISTS)) {
        file = json_read_file(path, MAX_VOCABULARY_FILE, error);
        if (!file)
            return false;
        json_read_bool(json_read_member(file, "normalizer"), "lowercase", &v->lower_case);
    }
    if (json_read_bool(config, "strip_accents", &strip) && strip != v->lower_case)
        return fail(error, dir, _("its tokenizer treats accents apart from case"));
    return true;
}

static GPtrArray *read_pieces(const char *dir, GError **error)
{
    g_autofree char *lines = g_build_filename(dir, "vocab.txt", NULL);
    g_autofree char *map = g_build_filename(dir, "tokenizer.json", NULL);

    return g_file_test(lines, G_FILE_TEST_EXISTS) ? read_lines(lines, error) : read_map(map, error);
}

struct bert_vocabulary *bert_vocabulary_read(const char *dir, int64_t n_rows, GError **error)
{
    g_autofree char *config_path = g_build_filename(dir, "tokenizer_config.json", NULL);
    g_autoptr(JsonObject) config = NULL;
    struct bert_vocabulary *v = g_new0(struct bert_vocabulary, 1);
    guint n_pieces;

    if (g_file_test(config_path, G_FILE_TEST_EXISTS)) {
        config = json_read_file(config_path, MAX_CONFIG_FILE, error);
        if (!config)
            goto fail;
    }
    v->pieces = read_pieces(dir, error);
    if (!v->pieces)
        goto fail;
    n_pieces = v->pieces->len;
    if (n_pieces == 0 || n_pieces > n_rows) {
        fail(error, dir, _("its vocabulary does not fit the size of its embedding table"));
        goto fail;
    }
    v->kinds = g_new(int32_t, n_rows);
    for (int64_t i = 0; i < n_rows; i++)
        v->kinds[i] = i < n_pieces ? KIND_NORMAL : KIND_UNUSED;
    if (!find_specials(v, config, dir, error) || !read_case(v, config, dir, error))
        goto fail;
    for (guint i = 0; i < n_pieces; i++) {
        char *piece = v->pieces->pdata[i];
        v->pieces->pdata[i] = in_gguf_convention(piece, v->kinds[i]);
        g_free(piece);
    }
    for (int64_t i = n_pieces; i < n_rows; i++)
        g_ptr_array_add(v->pieces, g_strdup_printf("[PAD%" PRId64 "]", i));
    return v;
fail:
    bert_vocabulary_free(v);
    return NULL;
}

void bert_vocabulary_free(struct bert_vocabulary *vocabulary)
{
    if (!vocabulary)
        return;
    g_clear_pointer(&vocabulary->pieces, g_ptr_array_unref);
    g_free(vocabulary->kinds);
    g_free(vocabulary);
}

void bert_vocabulary_put(const struct bert_vocabulary *vocabulary, struct gguf_writer *writer)
{
    guint n = vocabulary->pieces->len;
    g_autofree struct gguf_string *strings = g_new(struct gguf_string, n);

    for (guint i = 0; i < n; i++) {
        const char *piece = vocabulary->pieces->pdata[i];
        strings[i] = (struct gguf_string){.data = piece, .n = strlen(piece)};
    }
    gguf_put_string(writer, "tokenizer.ggml.model", "bert");
    gguf_put_strings(writer, "tokenizer.ggml.tokens", strings, n);
    gguf_put_array(writer, "tokenizer.ggml.token_type", GGUF_INT32, vocabulary->kinds, n);
    for (int i = 0; i < N_SPECIAL; i++)
        for (int k = 0; k < 2 && specials[i].keys[k]; k++)
            if (vocabulary->special[i] >= 0)
                gguf_put_u32(writer, specials[i].keys[k], (uint32_t)vocabulary->special[i]);
    gguf_put_bool(writer, "tokenizer.lectern.lower_case", vocabulary->lower_case);
}
