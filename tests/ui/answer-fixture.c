/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers written down in a test. */
#include "answer-fixture.h"

static void citation_free(struct rag_citation *citation)
{
    g_free(citation->path);
    g_free(citation->quote);
    g_free(citation->hash);
    g_free(citation);
}

static GPtrArray *make_citations(void)
{
    static const char *const paths[] = {"/home/ada/Flat/contract.pdf",
                                        "/home/ada/Flat/addendum.odt", "/home/ada/Flat/letter.txt"};
    GPtrArray *citations = g_ptr_array_new_with_free_func((GDestroyNotify)citation_free);

    for (int i = 0; i < 3; i++) {
        struct rag_citation *citation = g_new0(struct rag_citation, 1);
        citation->n = i + 1;
        citation->path = g_strdup(paths[i]);
        citation->pos_kind = i == 2 ? RAG_POS_LINE : RAG_POS_PAGE;
        citation->pos_from = citation->pos_to = 17 + i;
        citation->quote = g_strdup("Either side may end the lease.");
        citation->hash = g_strdup("");
        citation->passage = -1;
        g_ptr_array_add(citations, citation);
    }
    return citations;
}

RagAnswer *answer_fixture(const char *template)
{
    RagAnswer *answer = g_new0(RagAnswer, 1);
    GString *text = g_string_new(NULL);
    size_t from = 0;

    answer->sentences = g_array_new(FALSE, FALSE, sizeof(struct rag_sentence));
    for (const char *at = template; *at; at++) {
        if (at[0] == '{' && g_ascii_isdigit(at[1]) && at[2] == '}') {
            struct rag_sentence sentence = {from, text->len, at[1] - '0'};
            g_array_append_val(answer->sentences, sentence);
            from = text->len;
            at += 2;
        } else {
            g_string_append_c(text, *at);
        }
    }
    answer->text = g_string_free(text, FALSE);
    answer->question = g_strdup("How long is the notice period?");
    answer->query = g_strdup(answer->question);
    answer->model = g_strdup("a model");
    answer->model_hash = g_strdup("");
    answer->supported = answer->from_documents = true;
    answer->citations = make_citations();
    answer->passages = g_ptr_array_new();
    answer->dropped = g_ptr_array_new();
    answer->unsupported_values = g_ptr_array_new();
    return answer;
}
