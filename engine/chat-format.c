/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chat templates, recognised to the letter.
 *
 * A template is brought into a canonical spelling: white space outside string literals goes,
 * "{%-" is "{%", double quotes are single, message.role is message['role'], a real newline in a
 * literal is \n, white space between tags goes where Jinja (trim_blocks and lstrip_blocks, as
 * templates are rendered) or a "-" removes it. A default system text, which differs from model to
 * model, is cut out: it is what stands between "<|im_start|>system\n" and "<|im_end|>" in one
 * literal. What remains must equal a known template; long ones are known by their hash. All that is
 * known lays messages out as
 *
 *     begin (before_role role after_role content after_content)… [before_role assistant after_role]
 *
 * with a default system message where the first message is no system message and the template has
 * such a text. Anything else has no format: a wrong layout would make a worse model without a word.
 *
 * Contents become segments of their own, in which no special token is read.
 */
#include "engine/chat-format.h"

#include <stdlib.h>
#include <string.h>

#include "engine/error.h"
#include "engine/tokenizer/unicode.h"

struct chat_format {
    const char *name;
    const char *canonical; /* NULL: by hash */
    uint64_t hash;
    const char *begin, *before_role, *after_role, *after_content;
    const char *end; /* the token of after_content */
    bool trims;      /* white space around contents goes */
};

#define CHATML                                                                                     \
    .begin = "", .before_role = "<|im_start|>", .after_role = "\n",                                \
    .after_content = "<|im_end|>\n", .end = "<|im_end|>"

#define CHATML_MESSAGE                                                                             \
    "{{'<|im_start|>'+message['role']+'\\n'+message['content']+'<|im_end|>'+'\\n'}}{%endfor%}"     \
    "{%ifadd_generation_prompt%}{{'<|im_start|>assistant\\n'}}{%endif%}"

static const struct chat_format formats[] = {
    {
        .name = "ChatML",
        .canonical = "{%formessageinmessages%}" CHATML_MESSAGE,
        CHATML,
    },
    {
        .name = "ChatML with a default system text (SmolLM2, Qwen2)",
        .canonical = "{%formessageinmessages%}{%ifloop.firstandmessages[0]['role']!='system'%}"
                     "{{'<|im_start|>system\\n<|im_end|>\\n'}}{%endif%}" CHATML_MESSAGE,
        CHATML,
    },
    {
        .name = "ChatML with tools (Qwen2.5)",
        .hash = 0x5506fa47da373157u,
        CHATML,
    },
    {
        .name = "Llama 3",
        .canonical = "{%setloop_messages=messages%}{%formessageinloop_messages%}"
                     "{%setcontent='<|start_header_id|>'+message['role']+'<|end_header_id|>\\n\\n'"
                     "+message['content']|trim+'<|eot_id|>'%}{%ifloop.index0==0%}"
                     "{%setcontent=bos_token+content%}{%endif%}{{content}}{%endfor%}"
                     "{%ifadd_generation_prompt%}"
                     "{{'<|start_header_id|>assistant<|end_header_id|>\\n\\n'}}{%endif%}",
        .begin = "<|begin_of_text|>",
        .before_role = "<|start_header_id|>",
        .after_role = "<|end_header_id|>\n\n",
        .after_content = "<|eot_id|>",
        .end = "<|eot_id|>",
        .trims = true,
    },
};

enum { MAX_TEMPLATE = 1 << 16 };

/* --- canonical spelling ------------------------------------------------------------------------
 */

struct output {
    char *data; /* as long as the template needs: each step writes at most two bytes for one */
    size_t n;
};

static void put(struct output *out, const char *data, size_t n)
{
    memcpy(out->data + out->n, data, n);
    out->n += n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/* A string literal at t[at], its quotes made single; returns where it ends. */
static size_t put_literal(struct output *out, struct gguf_string t, size_t at)
{
    char quote = t.data[at++];
    put(out, "'", 1);
    while (at < t.n && t.data[at] != quote) {
        if (t.data[at] == '\n') {
            put(out, "\\n", 2);
        } else if (t.data[at] == '\\' && at + 1 < t.n) {
            put(out, t.data + at, 2);
            at++;
        } else {
            put(out, t.data + at, 1);
        }
        at++;
    }
    put(out, "'", 1);
    return at < t.n ? at + 1 : at;
}

/* The inside of a tag, from after its "{%" or "{{" up to its end; returns where that is. */
static size_t put_tag(struct output *out, struct gguf_string t, size_t at)
{
    static const char role[] = "['role']", content[] = "['content']";
    while (at < t.n) {
        char c = t.data[at];
        bool closes = at + 1 < t.n && (c == '%' || c == '}') && t.data[at + 1] == '}';
        if (closes || (c == '-' && at + 2 < t.n &&
                       (t.data[at + 1] == '%' || t.data[at + 1] == '}') && t.data[at + 2] == '}')) {
            return at;
        }
        if (c == '\'' || c == '"') {
            at = put_literal(out, t, at);
        } else if (is_blank(c)) {
            at++;
        } else if (t.n - at > 5 && memcmp(t.data + at, ".role", 5) == 0 &&
                   !is_name(t.data[at + 5])) {
            put(out, role, sizeof role - 1);
            at += 5;
        } else if (t.n - at > 8 && memcmp(t.data + at, ".content", 8) == 0 &&
                   !is_name(t.data[at + 8])) {
            put(out, content, sizeof content - 1);
            at += 8;
        } else {
            put(out, &c, 1);
            at++;
        }
    }
    return at;
}

/* Text between tags, as far as Jinja leaves it. `after_block`: the tag before was "%}"; `cut`: it
   ended with "-". The tag that follows begins at `end`. */
static void put_between(struct output *out, struct gguf_string t, size_t at, size_t end,
                        bool after_block, bool cut)
{
    bool block = end + 1 < t.n && t.data[end + 1] == '%';
    bool cut_by_next = end + 2 < t.n && t.data[end + 2] == '-';
    if (cut) {
        while (at < end && is_blank(t.data[at])) {
            at++;
        }
    } else if (after_block && at < end && t.data[at] == '\n') {
        at++;
    }
    size_t last = end;
    if (cut_by_next) {
        while (last > at && is_blank(t.data[last - 1])) {
            last--;
        }
    } else if (block) {
        while (last > at && (t.data[last - 1] == ' ' || t.data[last - 1] == '\t')) {
            last--;
        }
        /* lstrip_blocks: only where nothing but blanks precedes on the line */
        if (last > 0 && t.data[last - 1] != '\n') {
            last = end;
        }
    }
    put(out, t.data + at, last - at);
}

/* `out` has room for 2 n bytes. */
static void spell(struct output *out, struct gguf_string t)
{
    bool after_block = false, cut = false;
    size_t at = 0;
    while (at < t.n) {
        size_t tag = at;
        while (tag + 1 < t.n &&
               !(t.data[tag] == '{' && (t.data[tag + 1] == '%' || t.data[tag + 1] == '{'))) {
            tag++;
        }
        bool found = tag + 1 < t.n;
        put_between(out, t, at, found ? tag : t.n, after_block, cut);
        if (!found) {
            return;
        }
        put(out, t.data + tag, 2);
        at = put_tag(out, t, tag + 2 + (tag + 2 < t.n && t.data[tag + 2] == '-'));
        cut = at < t.n && t.data[at] == '-';
        at += cut;
        after_block = at < t.n && t.data[at] == '%';
        size_t closing = t.n - at < 2 ? t.n - at : 2;
        put(out, t.data + at, closing);
        at += closing;
    }
}

/* --- the default system text -------------------------------------------------------------------
 */

static const char *find(struct gguf_string in, const char *what)
{
    return memmem(in.data, in.n, what, strlen(what));
}

/* The text between "<|im_start|>system\n" and "<|im_end|>" of one literal; n 0: there is none. */
static struct gguf_string default_system(struct gguf_string t)
{
    static const char start[] = "<|im_start|>system";
    const char *end = t.data + t.n, *at = t.data, *found;
    while ((found = find((struct gguf_string){at, (size_t)(end - at)}, start))) {
        at = found + sizeof start - 1;
        const char *text = at;
        if (end - text > 2 && text[0] == '\\' && text[1] == 'n') {
            text += 2;
        } else if (end - text > 1 && text[0] == '\n') {
            text++;
        }
        const char *stop = find((struct gguf_string){text, (size_t)(end - text)}, "<|im_end|>");
        size_t n = stop ? (size_t)(stop - text) : 0;
        struct gguf_string inside = {text, n};
        /* Quotes and escapes would need undoing, and braces begin another tag. */
        if (n > 0 && !memchr(text, '\'', n) && !memchr(text, '"', n) && !memchr(text, '\\', n) &&
            !memchr(text, '{', n) && !find(inside, "<|")) {
            return inside;
        }
    }
    return (struct gguf_string){"", 0};
}

static void cut_out(struct output *out, struct gguf_string text)
{
    size_t kept = 0;
    for (size_t at = 0; at < out->n;) {
        if (text.n > 0 && text.n <= out->n - at && memcmp(out->data + at, text.data, text.n) == 0) {
            at += text.n;
        } else {
            out->data[kept++] = out->data[at++];
        }
    }
    out->n = kept;
}

/* --- recognition -------------------------------------------------------------------------------
 */

/* FNV-1a, 64 bits. */
static uint64_t hash(const struct output *out)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < out->n; i++) {
        h = (h ^ (unsigned char)out->data[i]) * 0x100000001b3u;
    }
    return h;
}

static struct gguf_string template_of(const struct gguf *gguf)
{
    const struct gguf_value *value = gguf_find(gguf, "tokenizer.chat_template");
    bool usable = value && value->type == GGUF_STRING && value->s.n <= MAX_TEMPLATE;
    return usable ? value->s : (struct gguf_string){"", 0};
}

static bool has_marker(const struct tokenizer *tokenizer, const char *text)
{
    int32_t id = *text ? tokenizer_special(tokenizer, text) : -1;
    return !*text || (id >= 0 && tokenizer_kind(tokenizer, id) == TOKEN_CONTROL);
}

const struct chat_format *chat_format_find(const struct gguf *gguf,
                                           const struct tokenizer *tokenizer)
{
    struct gguf_string t = template_of(gguf);
    struct output out = {.data = malloc(2 * t.n + 1)};
    const struct chat_format *format = NULL;
    if (!out.data || t.n == 0) {
        free(out.data);
        return NULL;
    }
    spell(&out, t);
    cut_out(&out, default_system(t));
    for (size_t i = 0; i < sizeof formats / sizeof *formats && !format; i++) {
        const struct chat_format *f = &formats[i];
        bool same = f->canonical ? strlen(f->canonical) == out.n &&
                                       memcmp(f->canonical, out.data, out.n) == 0
                                 : hash(&out) == f->hash;
        if (same && has_marker(tokenizer, f->end) && has_marker(tokenizer, f->before_role) &&
            has_marker(tokenizer, f->begin)) {
            format = f;
        }
    }
    free(out.data);
    return format;
}

const char *chat_format_end(const struct chat_format *format)
{
    return format->end;
}

/* --- layout ------------------------------------------------------------------------------------
 */

/* Counts where `segments` is NULL, else fills; the two runs take the same way. */
struct layout {
    struct eng_segment *segments;
    char *text;
    size_t n_segments, n_bytes;
    bool in_template; /* the last segment is template text */
};

static void add(struct layout *l, const char *data, size_t n, bool from_template)
{
    if (n == 0) {
        return;
    }
    if (l->n_segments == 0 || !from_template || !l->in_template) {
        if (l->segments) {
            l->segments[l->n_segments] = (struct eng_segment){
                .text = l->text + l->n_bytes,
                .flags = from_template ? ENG_SEGMENT_SPECIAL : 0,
            };
        }
        l->n_segments++;
    }
    if (l->segments) {
        memcpy(l->text + l->n_bytes, data, n);
        l->segments[l->n_segments - 1].n_bytes += n;
    }
    l->n_bytes += n;
    l->in_template = from_template;
}

static void add_template(struct layout *l, const char *text)
{
    add(l, text, strlen(text), true);
}

/* Python's str.strip, which Jinja's trim is. */
static bool is_strip_space(uint32_t code)
{
    return (code >= 0x1c && code <= 0x1f) || (unicode_classes(code) & UNICODE_SPACE);
}

static struct gguf_string trim(const char *text)
{
    size_t n = strlen(text), begin = n, end = n;
    for (size_t at = 0; at < n;) {
        uint32_t code;
        size_t step = unicode_next(text + at, n - at, &code);
        if (!is_strip_space(code)) {
            begin = begin == n ? at : begin;
            end = at + step;
        }
        at += step;
    }
    return (struct gguf_string){text + begin, begin == n ? 0 : end - begin};
}

static void lay_out(struct layout *l, const struct chat_format *f, struct gguf_string system,
                    const struct eng_message *messages, size_t n_messages, bool generation_prompt)
{
    add_template(l, f->begin);
    if (system.n > 0 && strcmp(messages[0].role, "system") != 0) {
        add_template(l, f->before_role);
        add_template(l, "system");
        add_template(l, f->after_role);
        add(l, system.data, system.n, true);
        add_template(l, f->after_content);
    }
    for (size_t i = 0; i < n_messages; i++) {
        const char *content = messages[i].content;
        struct gguf_string text = {content, strlen(content)};
        text = f->trims ? trim(content) : text;
        add_template(l, f->before_role);
        add_template(l, messages[i].role);
        add_template(l, f->after_role);
        add(l, text.data, text.n, false);
        add_template(l, f->after_content);
    }
    if (generation_prompt) {
        add_template(l, f->before_role);
        add_template(l, "assistant");
        add_template(l, f->after_role);
    }
}

static enum eng_status check_messages(const struct eng_message *messages, size_t n,
                                      struct eng_err *err)
{
    if (n == 0) {
        return eng_fail(err, ENG_ERR_ARGUMENT, "A conversation needs at least one message.");
    }
    for (size_t i = 0; i < n; i++) {
        const char *role = messages[i].role;
        /* Roles become template text, in which special tokens are read. */
        if (!role || (strcmp(role, "system") != 0 && strcmp(role, "user") != 0 &&
                      strcmp(role, "assistant") != 0)) {
            return eng_fail(err, ENG_ERR_ARGUMENT,
                            "Message %zu has the role \"%s\"; system, user and assistant are "
                            "possible.",
                            i + 1, role ? role : "");
        }
        if (!messages[i].content) {
            return eng_fail(err, ENG_ERR_ARGUMENT, "Message %zu has no content.", i + 1);
        }
    }
    return ENG_OK;
}

enum eng_status chat_format_segments(const struct chat_format *format, const struct gguf *gguf,
                                     const struct eng_message *messages, size_t n_messages,
                                     bool generation_prompt, struct eng_segment **out, size_t *n,
                                     struct eng_err *err)
{
    *out = NULL;
    *n = 0;
    enum eng_status status = check_messages(messages, n_messages, err);
    if (status != ENG_OK) {
        return status;
    }
    struct gguf_string system = default_system(template_of(gguf));
    struct layout l = {0};
    lay_out(&l, format, system, messages, n_messages, generation_prompt);
    size_t n_segments = l.n_segments;
    char *block = calloc(1, n_segments * sizeof **out + l.n_bytes);
    if (!block) {
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory to lay out the conversation.");
    }
    l = (struct layout){
        .segments = (struct eng_segment *)block,
        .text = block + n_segments * sizeof **out,
    };
    lay_out(&l, format, system, messages, n_messages, generation_prompt);
    *out = l.segments;
    *n = l.n_segments;
    return ENG_OK;
}
