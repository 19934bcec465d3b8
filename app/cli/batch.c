/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A batch may take hours, so a bad line is found before the first question is answered, and a
 * question that cannot be answered costs its own line only. Cancelling, an empty library and an
 * output that nobody reads end the batch.
 */
#include "app/cli/batch.h"
#include "app/error.h"
#include "app/json-read.h"
#include "app/regular-file.h"
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define MAX_BATCH (64 << 20)

struct question {
    char *id; /* (owned) as text; NULL: the id is a number */
    int64_t id_number;
    char *question; /* (owned) */
};

static void question_free(struct question *question)
{
    g_free(question->id);
    g_free(question->question);
    g_free(question);
}

static struct question *parse_line(const char *path, int line, const char *text, gsize n,
                                   GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonObject) object = json_read_object(text, n, &cause);
    const char *question = json_read_string(object, "question");
    const char *id = json_read_string(object, "id");
    int64_t number = 0;
    struct question *out;

    if (!object) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, _("%s, line %d is no JSON object: %s."),
                    path, line, cause->message);
        return NULL;
    }
    if (!question || (!id && !json_read_int(object, "id", G_MININT64, G_MAXINT64, &number))) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    _("%s, line %d lacks “%s”: a line is {\"id\": …, \"question\": \"…\"}."), path,
                    line, question ? "id" : "question");
        return NULL;
    }
    out = g_new0(struct question, 1);
    out->id = g_strdup(id);
    out->id_number = number;
    out->question = g_strdup(question);
    return out;
}

static GPtrArray *read_questions(const char *path, GError **error)
{
    g_autoptr(GPtrArray) questions = g_ptr_array_new_with_free_func((GDestroyNotify)question_free);
    g_autofree char *text = NULL;
    gsize n;
    bool is_stdin = g_str_equal(path, "-");
    int number = 0;

    if (is_stdin)
        path = _("standard input");
    if (is_stdin ? !regular_stream_read(STDIN_FILENO, path, MAX_BATCH, &text, &n, error)
                 : !regular_file_read(path, MAX_BATCH, &text, &n, error))
        return NULL;
    for (char *line = text, *end; line < text + n; line = end + 1) {
        struct question *question;
        end = memchr(line, '\n', (size_t)(text + n - line));
        if (!end)
            end = text + n;
        number++;
        while (line < end && g_ascii_isspace(*line))
            line++;
        if (line == end)
            continue;
        question = parse_line(path, number, line, (gsize)(end - line), error);
        if (!question)
            return NULL;
        g_ptr_array_add(questions, question);
    }
    if (questions->len == 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, _("%s holds no question."), path);
        return NULL;
    }
    return g_steal_pointer(&questions);
}

static void write_id(JsonWrite *json, const struct question *question)
{
    if (question->id)
        json_write_string(json, "id", question->id);
    else
        json_write_int(json, "id", question->id_number);
}

/* The code after one question; *stop where the rest is pointless. */
static int run_one(struct cli *cli, const struct question *question, cli_batch_answer answer,
                   void *data, bool *stop)
{
    g_auto(JsonWrite) json = JSON_WRITE_INIT;
    g_autoptr(GError) error = NULL;
    int code = CLI_OK;

    json_write_begin(&json, NULL, '{');
    write_id(&json, question);
    json_write_string(&json, "question", question->question);
    if (!answer(data, question->question, &json, &error)) {
        code = cli_exit_code(error);
        if (code == CLI_CANCELLED || code == CLI_NOTHING) {
            *stop = true;
            return cli_fail(cli, error);
        }
        json_write_string(&json, "error", error->message);
        code = CLI_FAILED;
    }
    json_write_end(&json);
    if (!cli_print_json(&json)) {
        *stop = true;
        code = CLI_FAILED;
    }
    return code;
}

int cli_batch_run(struct cli *cli, const char *path, cli_batch_answer answer, void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) questions = read_questions(path, &error);
    int worst = CLI_OK, n_failed = 0;
    bool stop = false;

    if (!questions)
        return cli_fail(cli, error);
    for (guint i = 0; i < questions->len && !stop; i++) {
        int code;
        cli_progress(_("question %u of %u"), i + 1, questions->len);
        code = run_one(cli, questions->pdata[i], answer, data, &stop);
        n_failed += code == CLI_FAILED;
        worst = code == CLI_OK ? worst : code;
    }
    if (n_failed > 0 && !stop)
        cli_say(_("%d of %u questions failed; their lines say why."), n_failed, questions->len);
    return worst;
}
