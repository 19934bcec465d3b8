/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words, values and stems of a text; what a question looks for. */
#include "rag/query.h"
#include "rag/stem.h"

#include <string.h>

static void test_stem(void)
{
    /* pairs that must meet, from Porter's paper and from use */
    static const char *const same[][2] = {
        {"caresses", "caress"},      {"ponies", "poni"},         {"hopping", "hop"},
        {"hoping", "hope"},          {"relational", "relate"},   {"packages", "packaging"},
        {"configured", "configure"}, {"agreed", "agree"},        {"installation", "install"},
        {"happy", "happi"},          {"controlling", "control"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *a = rag_stem(same[i][0]), *b = rag_stem(same[i][1]);
        g_assert_cmpstr(a, ==, b);
    }
    static const char *const kept[] = {"a", "is", "sqlite3", "größe", "", "bed", "sing"};
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autofree char *stem = rag_stem(kept[i]);
        g_assert_cmpstr(stem, ==, kept[i]);
    }
}

static void test_fold(void)
{
    g_autofree char *fold = rag_fold("Große CAFÉ Ünal", -1);
    g_assert_cmpstr(fold, ==, "grosse cafe unal");
    g_assert_true(rag_word_is_stop("the"));
    g_assert_true(rag_word_is_stop("yourselves"));
    g_assert_true(rag_word_is_stop("a"));
    g_assert_false(rag_word_is_stop("theory"));
}

static void check_values(const char *text, const char *expected)
{
    static const char kinds[] = "ncpq"; /* number, code, (proper) name, quoted */
    g_autoptr(RagTerms) terms = rag_terms_new(text, -1);
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint i = 0; i < terms->values->len; i++) {
        const struct rag_value *value = &g_array_index(terms->values, struct rag_value, i);
        g_string_append_printf(found, "%s%c:%s", i ? " " : "", kinds[value->kind], value->fold);
    }
    g_assert_cmpstr(found->str, ==, expected);
}

static void test_values(void)
{
    check_values("It keeps 1,000 of 3.38 for $90 and 50%.", "n:1000 n:3.38 n:90 n:50");
    check_values("use --soft or `-f`, (see gc.reflogExpire)",
                 "c:--soft c:-f c:gc.reflogexpire q:-f");
    check_values("the 1990s, the 21st, 30 days", "n:1990 n:21 n:30");
    check_values("in /etc/skel/ and .gitignore, not and/or", "c:/etc/skel/ c:.gitignore");
    check_values("What is $Config{vendorlib} here?", "c:$config{vendorlib}");
    check_values("The rules of Ada's RAID and DebConf.", "p:ada p:raid p:debconf");
    check_values("Plain words, e.g. these. Nothing more.", "");
    check_values("say \"so it is\" twice", "q:so it is");
    check_values("- list\n* item -", "");
    check_values("", "");
}

static bool holds(const char *text, const char *value_text)
{
    g_autoptr(RagTerms) terms = rag_terms_new(text, -1);
    g_autoptr(RagTerms) other = rag_terms_new(value_text, -1);
    g_assert_cmpuint(other->values->len, ==, 1);
    return rag_terms_has_value(terms, &g_array_index(other->values, struct rag_value, 0));
}

static void test_agree(void)
{
    g_assert_true(holds("a thousand pages", "of 1,000"));
    g_assert_true(holds("10 databases", "of 10"));
    g_assert_false(holds("100 databases", "of 10"));
    g_assert_false(holds("3.38", "of 3"));
    g_assert_true(holds("RAID 6 can lose two", "is RAID-6"));
    g_assert_true(holds("with Ian Murdock's wife", "by Murdock"));
    g_assert_false(holds("with Ian", "by Murdock"));
    g_assert_false(holds("use foreign keys", "is foreign_key_list"));
}

static void test_broken_text(void)
{
    g_autoptr(RagTerms) terms = rag_terms_new("good \xff\xfe bad\xc3", -1);
    g_assert_cmpuint(terms->words->len, ==, 2);
    g_assert_cmpuint(g_array_index(terms->words, struct rag_word, 1).from, ==, 8);
}

static char *join(GPtrArray *strings)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < strings->len && strings->pdata[i]; i++)
        g_string_append_printf(out, "%s%s", i ? "|" : "", (char *)strings->pdata[i]);
    return g_strdup(out->str);
}

static void check_query(const char *question, const char *words, const char *exact,
                        const char *quoted)
{
    g_autoptr(RagQuery) query = rag_query_new(question);
    g_autofree char *w = join(query->words), *e = join(query->exact), *q = join(query->quoted);
    g_assert_cmpstr(w, ==, words);
    g_assert_cmpstr(e, ==, exact);
    g_assert_cmpstr(q, ==, quoted);
}

static void test_query(void)
{
    check_query("  How long is the notice period?\n", "long|notice|period", "", "");
    check_query("Who is who?", "who|is", "", "");
    check_query("What does --depth do?", "depth|--depth", "--depth", "");
    check_query("SQLITE_MAX_LENGTH default", "sqlite|max|length|default|sqlite_max_length",
                "sqlite_max_length", "");
    check_query("the rule of \"Saint Benedict\"", "rule|saint|benedict", "", "saint benedict");
    check_query("?!", "", "", "");
    g_autofree char *huge = g_strnfill(100000, 'x');
    for (gsize i = 1; i < 100000; i += 3)
        huge[i] = ' ';
    g_autoptr(RagQuery) query = rag_query_new(huge);
    g_assert_cmpuint(query->words->len, <=, 65);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/words/stem", test_stem);
    g_test_add_func("/words/fold", test_fold);
    g_test_add_func("/words/values", test_values);
    g_test_add_func("/words/agree", test_agree);
    g_test_add_func("/words/broken-text", test_broken_text);
    g_test_add_func("/query/words", test_query);
    return g_test_run();
}
