/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sampler: greedy ties, what each filter keeps (against a sort of everything), frequencies,
 * seeds, masks, and logits that are no numbers.
 */
#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "engine/sampler.h"

enum { N = 200 };

static int32_t choose(struct sampler *s, const float *logits, const bool *allowed)
{
    int32_t id = -1;
    g_assert_cmpint(sampler_choose(s, logits, allowed, &id, NULL), ==, ENG_OK);
    return id;
}

static void test_greedy(void)
{
    float logits[] = {1, 5, 5, -INFINITY, 5};
    bool allowed[] = {true, false, true, true, true};
    struct sampler *s = sampler_new(5);
    sampler_start(s, &(struct sampler_options){.temperature = 0});
    g_assert_cmpint(choose(s, logits, NULL), ==, 1);
    g_assert_cmpint(choose(s, logits, allowed), ==, 2);
    sampler_start(s, &(struct sampler_options){.temperature = 0, .top_k = 3, .top_p = 0.5f});
    g_assert_cmpint(choose(s, logits, NULL), ==, 1);
    sampler_free(s);
}

static const float *sort_logits; /* for compare */

static int compare(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return sort_logits[x] > sort_logits[y] ? -1 : sort_logits[x] < sort_logits[y] ? 1 : x - y;
}

/* Which tokens the filters leave, the plain way: sort all, then cut. */
static void keep(const float *logits, const struct sampler_options *o, bool *kept)
{
    int order[N], n = N, m = 0;
    double total = 0, sum = 0;
    for (int i = 0; i < N; i++) {
        order[i] = i;
        kept[i] = false;
    }
    sort_logits = logits;
    qsort(order, N, sizeof *order, compare);
    n = o->top_k > 0 ? MIN(n, o->top_k) : n;
    for (int i = 0; i < n; i++) {
        total += exp((double)logits[order[i]] - logits[order[0]]);
    }
    for (; m < n; m++) {
        bool enough = o->top_p > 0 && o->top_p < 1 && sum >= (double)o->top_p * total;
        bool rare = o->min_p > 0 && logits[order[m]] < logits[order[0]] + log(o->min_p);
        if (m > 0 && (enough || rare)) {
            break;
        }
        sum += exp((double)logits[order[m]] - logits[order[0]]);
        kept[order[m]] = true;
    }
}

static void test_filters(void)
{
    GRand *rand = g_rand_new_with_seed(9);
    struct sampler *s = sampler_new(N);
    for (int round = 0; round < 60; round++) {
        float logits[N];
        bool kept[N], seen[N] = {false};
        for (int i = 0; i < N; i++) {
            logits[i] = (float)g_rand_double_range(rand, -3, 3);
            logits[i] = round % 3 ? logits[i] : roundf(logits[i]); /* ties */
        }
        /* A high temperature makes what is kept nearly equally likely, so all of it is seen. */
        struct sampler_options o = {
            .temperature = 1e6f,
            .top_k = round & 1 ? g_rand_int_range(rand, 1, 2 * N) : 0,
            .top_p = round & 2 ? (float)g_rand_double_range(rand, 0.01, 0.95) : 0,
            .min_p = round & 4 ? (float)g_rand_double_range(rand, 0.01, 0.9) : 0,
            .seed = (uint64_t)round,
        };
        sampler_start(s, &o);
        keep(logits, &o, kept);
        for (int i = 0; i < 20 * N; i++) {
            seen[choose(s, logits, NULL)] = true;
        }
        for (int i = 0; i < N; i++) {
            g_assert_cmpint(seen[i], ==, kept[i]);
        }
    }
    sampler_free(s);
    g_rand_free(rand);
}

static void test_frequencies(void)
{
    static const float logits[] = {0, 1, 2, -1, -INFINITY, 0.5f};
    static const float temperatures[] = {0.5f, 1, 2};
    enum { DRAWS = 100000 };
    struct sampler *s = sampler_new(6);
    for (gsize t = 0; t < G_N_ELEMENTS(temperatures); t++) {
        int counts[6] = {0};
        double sum = 0;
        sampler_start(s, &(struct sampler_options){.temperature = temperatures[t], .seed = t});
        for (int i = 0; i < DRAWS; i++) {
            counts[choose(s, logits, NULL)]++;
        }
        for (int i = 0; i < 6; i++) {
            sum += exp((double)logits[i] / temperatures[t]);
        }
        for (int i = 0; i < 6; i++) {
            double p = exp((double)logits[i] / temperatures[t]) / sum;
            /* five standard deviations */
            g_assert_cmpfloat(fabs(counts[i] - p * DRAWS), <=, 5 * sqrt(p * (1 - p) * DRAWS));
        }
    }
    sampler_free(s);
}

static void test_seeds(void)
{
    static const float logits[N] = {0};
    struct sampler *a = sampler_new(N), *b = sampler_new(N);
    int same = 0;
    struct sampler_options o = {.temperature = 1, .seed = 42};
    sampler_start(a, &o);
    sampler_start(b, &o);
    for (int i = 0; i < 100; i++) {
        g_assert_cmpint(choose(a, logits, NULL), ==, choose(b, logits, NULL));
    }
    sampler_start(a, &o);
    o.seed = 43;
    sampler_start(b, &o);
    for (int i = 0; i < 100; i++) {
        same += choose(a, logits, NULL) == choose(b, logits, NULL);
    }
    g_assert_cmpint(same, <, 10);
    sampler_free(a);
    sampler_free(b);
}

/* The generator's own first numbers for a seed, so that a seed means the same next year. */
static void test_seed_is_pinned(void)
{
    static const float logits[1000] = {0};
    static const int32_t expected[] = {702, 520, 574, 391, 697, 143, 71, 381, 867, 551, 932, 957};
    struct sampler *s = sampler_new(1000);
    sampler_start(s, &(struct sampler_options){.temperature = 1, .seed = 1});
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_cmpint(choose(s, logits, NULL), ==, expected[i]);
    }
    sampler_free(s);
}

static void test_bad_numbers(void)
{
    static const float bad[] = {NAN, INFINITY};
    struct eng_err err = {0};
    int32_t id;
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        for (int greedy = 0; greedy < 2; greedy++) {
            float logits[] = {1, 2, bad[i], 4};
            bool allowed[] = {true, true, false, true}, none[4] = {false};
            struct sampler *s = sampler_new(4);
            sampler_start(s, &(struct sampler_options){.temperature = greedy ? 0 : 1});
            g_assert_cmpint(sampler_choose(s, logits, NULL, &id, &err), ==, ENG_ERR_NUMERIC);
            g_assert_cmpint(sampler_choose(s, logits, allowed, &id, &err), ==, ENG_OK);
            g_assert_cmpint(id, !=, 2);
            g_assert_cmpint(sampler_choose(s, logits, none, &id, &err), ==, ENG_ERR_ARGUMENT);
            for (int k = 0; k < 4; k++) {
                logits[k] = -INFINITY;
            }
            g_assert_cmpint(sampler_choose(s, logits, NULL, &id, &err), ==, ENG_ERR_NUMERIC);
            sampler_free(s);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sampler/greedy", test_greedy);
    g_test_add_func("/sampler/filters", test_filters);
    g_test_add_func("/sampler/frequencies", test_frequencies);
    g_test_add_func("/sampler/seeds", test_seeds);
    g_test_add_func("/sampler/seed-is-pinned", test_seed_is_pinned);
    g_test_add_func("/sampler/bad-numbers", test_bad_numbers);
    return g_test_run();
}
