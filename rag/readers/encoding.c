/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which encoding? A byte order mark decides; else UTF-8 if the bytes are valid, for other encodings
 * hardly ever make valid UTF-8 by accident; else what uchardet's statistics say. Text that is UTF-8
 * but for a few broken bytes stays UTF-8, and the broken bytes become U+FFFD, one each.
 * Not text: bytes below 0x20 that no text has, more than one in a hundred.
 */
#include "rag/readers/encoding.h"

#include <errno.h>
#include <string.h>
#include <uchardet/uchardet.h>

static const struct {
    const char *bytes;
    size_t n;
    const char *encoding;
} marks[] = {
    {"\xef\xbb\xbf", 3, "UTF-8"}, {"\xff\xfe\0\0", 4, "UTF-32LE"}, {"\0\0\xfe\xff", 4, "UTF-32BE"},
    {"\xff\xfe", 2, "UTF-16LE"},  {"\xfe\xff", 2, "UTF-16BE"},
};

static bool is_binary(const guint8 *head, size_t n)
{
    size_t n_control = 0;
    for (size_t i = 0; i < n; i++) {
        guint8 c = head[i];
        if (c == 0)
            return true;
        n_control += (c < 0x20 && !strchr("\t\n\r\f\b\x1b", c)) || c == 0x7f;
    }
    return n_control * 100 > n;
}

/* UTF-16 without a mark: every other byte of western text is zero. */
static const char *guess_utf16(const guint8 *head, size_t n)
{
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < n; i++)
        zeros[i & 1] += head[i] == 0;
    if (zeros[1] * 10 > n * 4 && zeros[0] * 50 < n)
        return "UTF-16LE";
    if (zeros[0] * 10 > n * 4 && zeros[1] * 50 < n)
        return "UTF-16BE";
    return NULL;
}

static void count_utf8(const guint8 *head, size_t n, size_t *n_good, size_t *n_bad)
{
    const char *p = (const char *)head, *end = p + n;
    *n_good = *n_bad = 0;
    while (p < end) {
        const char *stop;
        bool valid = g_utf8_validate_len(p, (gsize)(end - p), &stop);
        for (; p < stop; p++)
            *n_good += (guchar)*p >= 0xc0;
        if (valid || end - p < 4) /* a character cut by the end is no fault */
            return;
        ++*n_bad;
        p++;
    }
}

char *rag_encoding_guess(const guint8 *head, size_t n, size_t *n_bom)
{
    *n_bom = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (n >= marks[i].n && memcmp(head, marks[i].bytes, marks[i].n) == 0) {
            *n_bom = marks[i].n;
            return g_strdup(marks[i].encoding);
        }
    }
    const char *utf16 = guess_utf16(head, n);
    if (utf16)
        return g_strdup(utf16);
    if (is_binary(head, n))
        return NULL;
    size_t n_good, n_bad;
    count_utf8(head, n, &n_good, &n_bad);
    if (n_bad == 0 || n_good >= 10 * n_bad)
        return g_strdup("UTF-8");
    uchardet_t detector = uchardet_new();
    uchardet_handle_data(detector, (const char *)head, n);
    uchardet_data_end(detector);
    g_autofree char *found = g_strdup(uchardet_get_charset(detector));
    uchardet_delete(detector);
    GIConv conv = *found ? g_iconv_open("UTF-8", found) : (GIConv)-1;
    if (conv == (GIConv)-1) /* every byte string is a text in it, so nothing is lost */
        return g_strdup("WINDOWS-1252");
    g_iconv_close(conv);
    return g_steal_pointer(&found);
}

bool rag_decoder_init(struct rag_decoder *decoder, const char *encoding)
{
    *decoder = (struct rag_decoder){.conv = (GIConv)-1, .rest = g_byte_array_new()};
    if (strcmp(encoding, "UTF-8") == 0)
        return true;
    decoder->conv = g_iconv_open("UTF-8", encoding);
    return decoder->conv != (GIConv)-1;
}

void rag_decoder_clear(struct rag_decoder *decoder)
{
    if (decoder->conv != (GIConv)-1)
        g_iconv_close(decoder->conv);
    g_clear_pointer(&decoder->rest, g_byte_array_unref);
}

/* Each returns how many bytes it used; the rest is an unfinished character. */
static size_t push_utf8(struct rag_decoder *decoder, const char *bytes, size_t n, GString *out)
{
    const char *p = bytes, *end = bytes + n;
    while (p < end) {
        const char *stop;
        bool valid = g_utf8_validate_len(p, (gsize)(end - p), &stop);
        g_string_append_len(out, p, stop - p);
        p = stop;
        if (valid)
            break;
        if (end - p < 4 && g_utf8_get_char_validated(p, end - p) == (gunichar)-2)
            break;
        g_string_append(out, "\xef\xbf\xbd");
        decoder->n_bad++;
        p++;
    }
    return (size_t)(p - bytes);
}

static size_t push_iconv(struct rag_decoder *decoder, const char *bytes, size_t n, GString *out)
{
    char buffer[4096];
    char *in = (char *)bytes;
    gsize n_in = n;
    while (n_in) {
        char *to = buffer;
        gsize n_out = sizeof buffer;
        gsize rc = g_iconv(decoder->conv, &in, &n_in, &to, &n_out);
        int error = errno;
        for (char *zero = buffer; (zero = memchr(zero, 0, (size_t)(to - zero)));)
            *zero = ' '; /* U+0000 would end our strings */
        g_string_append_len(out, buffer, to - buffer);
        if (rc != (gsize)-1)
            break;
        if (error == EINVAL)
            break;
        if (error == EILSEQ) {
            g_string_append(out, "\xef\xbf\xbd");
            decoder->n_bad++;
            in++;
            n_in--;
        }
    }
    return (size_t)(in - bytes);
}

void rag_decoder_push(struct rag_decoder *decoder, const guint8 *bytes, size_t n, bool last,
                      GString *out)
{
    g_byte_array_append(decoder->rest, bytes, (guint)n);
    const char *data = (const char *)decoder->rest->data;
    size_t used = decoder->conv == (GIConv)-1 ? push_utf8(decoder, data, decoder->rest->len, out)
                                              : push_iconv(decoder, data, decoder->rest->len, out);
    g_byte_array_remove_range(decoder->rest, 0, (guint)used);
    if (last && decoder->rest->len) {
        g_string_append(out, "\xef\xbf\xbd");
        decoder->n_bad += decoder->rest->len;
        g_byte_array_set_size(decoder->rest, 0);
    }
}
