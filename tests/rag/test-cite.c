/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which passage supports which sentence; without an embedder. */
#include "rag/cite.h"

#include <math.h>
#include <string.h>

static double support(const char *sentence, const char *text)
{
    g_autoptr(RagTerms) a = rag_terms_new(sentence, -1), b = rag_terms_new(text, -1);
    return rag_support_score(a, b, NULL, (double)NAN);
}

static void test_values_decide(void)
{
    const char *text = "The notice period for Ada's contract is 30 days, not counting Sundays. "
                       "Use --early to leave sooner.";
    g_assert_cmpfloat(support("The notice period is not more than 30 days.", text), >=,
                      RAG_SUPPORT_MIN);
    g_assert_cmpfloat(support("The notice period is not more than 60 days.", text), <,
                      RAG_SUPPORT_MIN);
    /* a wrong name and a wrong option cost, a right one does not */
    g_assert_cmpfloat(support("The contract of Ada is not long.", text), >,
                      support("The contract of Bob is not long.", text));
    g_assert_cmpfloat(support("Leave sooner, not later, with --early.", text), >,
                      support("Leave sooner, not later, with --quit-now.", text));
}

static void test_negation_costs(void)
{
    const char *text = "Suffixes are not removed from the file.";
    g_assert_cmpfloat(support("Suffixes are not removed from the file.", text), ==, 1);
    g_assert_cmpfloat(support("Suffixes are removed from the file.", text), <, 1);
    g_assert_cmpfloat(support("Suffixes aren't removed from the file.", text), >,
                      support("Suffixes are removed from the file.", text));
}

static void test_cosine_counts(void)
{
    g_autoptr(RagTerms) a = rag_terms_new("pets are welcome", -1);
    g_autoptr(RagTerms) b = rag_terms_new("animals may come in", -1);
    g_assert_cmpfloat(rag_support_score(a, b, NULL, (double)NAN), ==, 0);
    g_assert_cmpfloat(rag_support_score(a, b, NULL, 0.8), ==, 0.4);
    g_assert_cmpfloat(rag_support_score(a, b, NULL, -0.8), ==, 0);
}

/* Words of the question are no claim. */
static void test_given_words(void)
{
    g_autoptr(RagTerms) question = rag_terms_new("Where was the first conference held?", -1);
    g_autoptr(RagTerms) answer = rag_terms_new("The first conference was held in Bordeaux", -1);
    g_autoptr(RagTerms) text = rag_terms_new("It took place in Bordeaux.", -1);
    g_assert_cmpfloat(rag_support_score(answer, text, question, (double)NAN), >,
                      rag_support_score(answer, text, NULL, (double)NAN));
}

static struct rag_hit *hit_new(const char *path, const char *text, bool in_prompt)
{
    struct rag_hit *hit = g_new0(struct rag_hit, 1);
    hit->path = g_strdup(path);
    hit->title = g_strdup("");
    hit->heading = g_strdup("");
    hit->hash = g_strdup(path);
    hit->text = g_strdup(text);
    hit->pos_kind = RAG_POS_PAGE;
    hit->pos_from = hit->pos_to = 7;
    hit->in_prompt = in_prompt;
    return hit;
}

static GPtrArray *two_hits(void)
{
    GPtrArray *hits = g_ptr_array_new_with_free_func((GDestroyNotify)rag_hit_free);
    g_ptr_array_add(hits, hit_new("/a/rent.pdf",
                                  "Tenants like flowers. The rent is due on the third working day. "
                                  "Dogs are allowed on a leash.",
                                  true));
    g_ptr_array_add(hits,
                    hit_new("/a/pool.pdf", "The pool opens at 9 in the summer months.", false));
    return hits;
}

static int citation_of(GArray *sentences, guint i)
{
    return g_array_index(sentences, struct rag_sentence, i).citation;
}

static void test_cite(void)
{
    g_autoptr(GPtrArray) hits = two_hits();
    g_autoptr(GArray) sentences = g_array_new(FALSE, FALSE, sizeof(struct rag_sentence));
    g_autoptr(GPtrArray) citations =
        g_ptr_array_new_with_free_func((GDestroyNotify)rag_citation_free);
    const char *answer = "The rent is due on the third working day. Cats must pay double fees. "
                         "Dogs are allowed on a leash. The pool opens at 9 in the summer months. "
                         "Yes. Rent is due on the third working day.";
    g_assert_true(rag_cite(answer, "When is it due?", hits, NULL, sentences, citations, NULL));
    g_assert_cmpuint(sentences->len, ==, 6);
    g_assert_cmpint(citation_of(sentences, 0), ==, 1);
    g_assert_cmpint(citation_of(sentences, 1), ==, 0); /* nobody says so */
    g_assert_cmpint(citation_of(sentences, 2), ==, 2);
    g_assert_cmpint(citation_of(sentences, 3), ==, 0); /* true, but the model was not shown it */
    g_assert_cmpint(citation_of(sentences, 4), ==, 0); /* claims nothing */
    g_assert_cmpint(citation_of(sentences, 5), ==, 1); /* the same quote keeps its number */
    g_assert_cmpuint(citations->len, ==, 2);
    const struct rag_citation *first = citations->pdata[0];
    g_assert_cmpstr(first->quote, ==, "The rent is due on the third working day.");
    g_assert_cmpstr(first->path, ==, "/a/rent.pdf");
    g_assert_cmpint(first->pos_from, ==, 7);
    const struct rag_sentence *last = &g_array_index(sentences, struct rag_sentence, 5);
    g_assert_cmpstr(answer + last->from, ==, "Rent is due on the third working day.");
}

static int cited(const char *question, const char *answer)
{
    g_autoptr(GPtrArray) hits = two_hits();
    g_autoptr(GArray) sentences = g_array_new(FALSE, FALSE, sizeof(struct rag_sentence));
    g_autoptr(GPtrArray) citations =
        g_ptr_array_new_with_free_func((GDestroyNotify)rag_citation_free);
    g_assert_true(rag_cite(answer, question, hits, NULL, sentences, citations, NULL));
    return citation_of(sentences, 0);
}

/* The question given back is no answer, unless it asks for yes or no. */
/* The heading of the next section is no part of a quote, whatever it would add. */
static void test_next_heading(void)
{
    g_autoptr(GPtrArray) hits = g_ptr_array_new_with_free_func((GDestroyNotify)rag_hit_free);
    g_autoptr(GPtrArray) citations =
        g_ptr_array_new_with_free_func((GDestroyNotify)rag_citation_free);
    g_autoptr(GArray) sentences = g_array_new(FALSE, FALSE, sizeof(struct rag_sentence));
    g_ptr_array_add(hits, hit_new("/a",
                                  "The rent is due on the third day of the month.\n\n"
                                  "Pets and visitors\n\nAnimals may come in.",
                                  true));
    g_assert_true(rag_cite("The rent of pets and visitors is due on the third day of the month.",
                           "What is due?", hits, NULL, sentences, citations, NULL));
    g_assert_cmpuint(citations->len, ==, 1);
    const struct rag_citation *citation = citations->pdata[0];
    g_assert_cmpstr(citation->quote, ==, "The rent is due on the third day of the month.");
}

static void test_echo(void)
{
    g_assert_cmpint(cited("On which day is the rent due?", "The rent is due on the day."), ==, 0);
    g_assert_cmpint(cited("On which day is the rent due?", "The rent is due on the third day."), ==,
                    1);
    g_assert_cmpint(cited("Are dogs allowed on a leash?", "Dogs are allowed on a leash."), ==, 1);
}

static void test_halves(void)
{
    g_autoptr(GPtrArray) hits = two_hits();
    ((struct rag_hit *)hits->pdata[1])->in_prompt = true;
    g_autoptr(GArray) sentences = g_array_new(FALSE, FALSE, sizeof(struct rag_sentence));
    g_autoptr(GPtrArray) citations =
        g_ptr_array_new_with_free_func((GDestroyNotify)rag_citation_free);
    const char *answer = "The rent is due on the third working day, and the pool opens at 9. "
                         "The rent is due on the third working day, and the pool opens at 8.";
    g_assert_true(rag_cite(answer, "What is so?", hits, NULL, sentences, citations, NULL));
    g_assert_cmpuint(sentences->len, ==, 3);
    g_assert_cmpint(citation_of(sentences, 0), ==, 1);
    g_assert_cmpint(citation_of(sentences, 1), ==, 2);
    g_assert_cmpint(citation_of(sentences, 2), ==, 0); /* half a truth is none */
    g_assert_cmpuint(citations->len, ==, 2);
    g_assert_cmpstr(((struct rag_citation *)citations->pdata[1])->path, ==, "/a/pool.pdf");
    const struct rag_sentence *first = &g_array_index(sentences, struct rag_sentence, 0);
    const struct rag_sentence *second = &g_array_index(sentences, struct rag_sentence, 1);
    g_assert_cmpuint(first->to, ==, second->from);
    g_assert_true(g_str_has_prefix(answer + second->from, "the pool opens at 9"));
}

static void test_unsupported_values(void)
{
    g_autoptr(GPtrArray) hits = two_hits();
    g_autoptr(GPtrArray) missing =
        rag_unsupported_values("Pay 3 fees of $450 by 2024-01-05, says Bob; 450 more at 9.", hits);
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint i = 0; i < missing->len; i++)
        g_string_append_printf(found, "%s ", (char *)missing->pdata[i]);
    /* the 9 stands in a passage that was not shown */
    g_assert_cmpstr(found->str, ==, "3 $450 2024-01-05 450 9 ");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cite/values-decide", test_values_decide);
    g_test_add_func("/cite/negation-costs", test_negation_costs);
    g_test_add_func("/cite/cosine-counts", test_cosine_counts);
    g_test_add_func("/cite/given-words", test_given_words);
    g_test_add_func("/cite/sentences", test_cite);
    g_test_add_func("/cite/next-heading", test_next_heading);
    g_test_add_func("/cite/echo", test_echo);
    g_test_add_func("/cite/halves", test_halves);
    g_test_add_func("/cite/unsupported-values", test_unsupported_values);
    return g_test_run();
}
