/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hf-folder.h: makes a tiny BERT encoder as a Hugging Face folder, from a few lines of code. */
#pragma once

#include <glib.h>

#define HF_EMBD      32
#define HF_FF        64
#define HF_LAYERS    1
#define HF_HEADS     2
#define HF_POSITIONS 16
#define HF_TYPES     2

/* The pieces of vocab.txt, in order; the table has two rows more. */
extern const char *const hf_pieces[];
#define HF_N_PIECES 10
#define HF_N_VOCAB  (HF_N_PIECES + 2)

/* Element i of any tensor: small, different from its neighbours, the same each time. */
float hf_weight(gsize i);
/* A new folder (owned name) below the system's temporary folder with config.json, vocab.txt,
   tokenizer_config.json, modules.json, 1_Pooling/config.json and model.safetensors; dtype F32, F16
   or BF16. */
char *hf_folder_new(const char *dtype);
void hf_folder_remove(const char *dir);
/* Replaces one file of the folder by a text. */
void hf_folder_put(const char *dir, const char *file, const char *text);
