/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sampling. Top-k, top-p and min-p all keep a beginning of the tokens sorted by logit (ties: lower
 * id first), so the candidates go into a max-heap, built in O(n), and are popped only as far as the
 * filters reach: a few dozen of 150,000 instead of a sort of all.
 *
 *   top-k   the first k
 *   top-p   the fewest whose probability (among those left by top-k) reaches p
 *           (Holtzman et al. 2020)
 *   min-p   those at least min_p times as likely as the likeliest (Nguyen et al. 2024)
 *
 * The survivors are drawn from with weights exp((logit - largest) / temperature). Random numbers:
 * xoshiro256** (Blackman and Vigna 2018), its state filled from the seed by splitmix64, the upper
 * 53 bits as a fraction.
 */
#include "engine/sampler.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "engine/error.h"

struct candidate {
    float logit;
    int32_t id;
};

struct sampler {
    int n_vocab;
    struct sampler_options options;
    uint64_t state[4];
    struct candidate *heap; /* (owned) [n_vocab] */
    struct candidate *kept; /* (owned) [n_vocab] sorted */
};

struct sampler *sampler_new(int n_vocab)
{
    struct sampler *s = calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    s->n_vocab = n_vocab;
    s->heap = malloc((size_t)n_vocab * sizeof *s->heap);
    s->kept = malloc((size_t)n_vocab * sizeof *s->kept);
    if (!s->heap || !s->kept) {
        sampler_free(s);
        return NULL;
    }
    return s;
}

void sampler_free(struct sampler *s)
{
    if (s) {
        free(s->heap);
        free(s->kept);
        free(s);
    }
}

void sampler_start(struct sampler *s, const struct sampler_options *options)
{
    s->options = *options;
    uint64_t x = options->seed;
    for (int i = 0; i < 4; i++) {
        x += 0x9e3779b97f4a7c15u;
        uint64_t z = x;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        s->state[i] = z ^ z >> 31;
    }
}

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

/* In [0, 1). */
static double next_fraction(uint64_t state[4])
{
    uint64_t result = rotate(state[1] * 5, 7) * 9, shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return (double)(result >> 11) * 0x1p-53;
}

/* Collects what may be drawn into the heap array, in id order; *best is the likeliest. */
static enum eng_status collect(struct sampler *s, const float *logits, const bool *allowed, int *n,
                               struct candidate *best, struct eng_err *err)
{
    bool any = false;
    *n = 0;
    *best = (struct candidate){-INFINITY, -1};
    for (int id = 0; id < s->n_vocab; id++) {
        if (allowed && !allowed[id]) {
            continue;
        }
        any = true;
        if (!(logits[id] <= FLT_MAX)) {
            return eng_fail(err, ENG_ERR_NUMERIC,
                            "The model computed no number for token %d; its file may be damaged: "
                            "verify it, or fetch it again.",
                            id);
        }
        if (logits[id] == -INFINITY) {
            continue;
        }
        s->heap[(*n)++] = (struct candidate){logits[id], id};
        if (logits[id] > best->logit) {
            *best = (struct candidate){logits[id], id};
        }
    }
    if (!any) {
        return eng_fail(err, ENG_ERR_ARGUMENT, "The mask allows no token at all.");
    }
    if (best->id < 0) {
        return eng_fail(err, ENG_ERR_NUMERIC,
                        "The model gives no token any probability; its file may be damaged: verify "
                        "it, or fetch it again.");
    }
    return ENG_OK;
}

static bool goes_before(struct candidate a, struct candidate b)
{
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

static void sift_down(struct candidate *heap, int n, int at)
{
    struct candidate moved = heap[at];
    int child;
    while ((child = 2 * at + 1) < n) {
        child += child + 1 < n && goes_before(heap[child + 1], heap[child]);
        if (!goes_before(heap[child], moved)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static struct candidate pop(struct candidate *heap, int n)
{
    struct candidate first = heap[0];
    heap[0] = heap[n - 1];
    sift_down(heap, n - 1, 0);
    return first;
}

static double weight_sum(const struct candidate *list, int n, float largest)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += exp((double)list[i].logit - largest);
    }
    return sum;
}

/* Pops what the filters keep, sorted, into `kept`; returns how many (at least one). */
static int filter(struct sampler *s, int n, float largest)
{
    const struct sampler_options *o = &s->options;
    int limit = o->top_k > 0 && o->top_k < n ? o->top_k : n, n_popped = 0, n_kept;
    bool nucleus = o->top_p > 0 && o->top_p < 1;
    double least = o->min_p > 0 ? (double)largest + log(o->min_p) : -INFINITY;
    double total = 0, sum = 0;
    for (int at = n / 2; at-- > 0;) {
        sift_down(s->heap, n, at);
    }
    if (nucleus && limit == n) {
        total = weight_sum(s->heap, n, largest);
    } else if (nucleus) { /* the probabilities are those among the k */
        while (n_popped < limit) {
            s->kept[n_popped++] = pop(s->heap, n--);
        }
        total = weight_sum(s->kept, limit, largest);
    }
    for (n_kept = 0; n_kept < limit; n_kept++) {
        if (n_kept == n_popped) {
            s->kept[n_popped++] = pop(s->heap, n--);
        }
        float logit = s->kept[n_kept].logit;
        if (n_kept > 0 && (logit < least || (nucleus && sum >= o->top_p * total))) {
            break;
        }
        sum += nucleus ? exp((double)logit - largest) : 0;
    }
    return n_kept;
}

static int32_t draw(struct sampler *s, const struct candidate *list, int n, float largest)
{
    double sum = 0, temperature = s->options.temperature;
    for (int i = 0; i < n; i++) {
        sum += exp(((double)list[i].logit - largest) / temperature);
    }
    double left = next_fraction(s->state) * sum;
    int32_t last = list[0].id;
    for (int i = 0; i < n; i++) {
        double weight = exp(((double)list[i].logit - largest) / temperature);
        if (weight > 0) {
            last = list[i].id;
        }
        left -= weight;
        if (left < 0) {
            break;
        }
    }
    return last; /* where rounding left a remainder: the last that is possible */
}

enum eng_status sampler_choose(struct sampler *s, const float *logits, const bool *allowed,
                               int32_t *id, struct eng_err *err)
{
    const struct sampler_options *o = &s->options;
    struct candidate best;
    int n;
    enum eng_status status = collect(s, logits, allowed, &n, &best, err);
    if (status != ENG_OK) {
        return status;
    }
    bool filtered = o->top_k > 0 || (o->top_p > 0 && o->top_p < 1) || o->min_p > 0;
    if (!(o->temperature > 0)) {
        *id = best.id;
    } else if (!filtered) {
        *id = draw(s, s->heap, n, best.logit);
    } else {
        n = filter(s, n, best.logit);
        *id = draw(s, s->kept, n, best.logit);
    }
    return ENG_OK;
}
