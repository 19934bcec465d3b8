/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Error sentences. They quote file names and strings out of hostile files, and end up in terminals,
 * JSON and windows, so the one place that writes them also cleans them: bytes that are no
 * well-formed UTF-8 (Unicode 15, table 3-7) and control characters become '?', in place, and a
 * sentence cut by the buffer's end is cut between characters.
 */
#include "engine/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Length of the well-formed UTF-8 sequence at s, 0 if there is none. */
static size_t utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80) {
        return 1;
    }
    size_t n = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : 4;
    if (s[0] < 0xc2 || s[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool outside = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
    return overlong || outside ? 0 : n;
}

/* `cut`: the text filled its buffer, so a broken last character is dropped, not replaced. */
static void clean(char *text, bool cut)
{
    unsigned char *s = (unsigned char *)text;
    size_t left = strlen(text);
    while (*s) {
        size_t n = utf8_length(s);
        if (n == 0 && cut && left < 4 && *s >= 0xc2) {
            *s = '\0';
            return;
        }
        if (n == 0 || *s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0)) {
            memset(s, '?', n ? n : 1);
        }
        s += n ? n : 1;
        left -= n ? n : 1;
    }
}

enum eng_status eng_fail(struct eng_err *err, enum eng_status status, const char *format, ...)
{
    if (!err) {
        return status;
    }
    err->status = status;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    clean(err->text, n >= (int)sizeof err->text);
    return status;
}
