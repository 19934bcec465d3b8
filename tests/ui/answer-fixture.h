/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-fixture.h: answers written down in a test.
 *
 *     g_autoptr(RagAnswer) answer = answer_fixture("Three months.{1} It rains.{0}");
 *
 * "{n}" ends a sentence that citation n supports, 0: none does. Citations: 1 is page 17 of
 * contract.pdf, 2 page 18 of addendum.odt, 3 line 19 of letter.txt.
 */
#pragma once

#include "rag/rag.h"

RagAnswer *answer_fixture(const char *template);
