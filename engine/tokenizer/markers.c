/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list is llama.cpp's knowledge (src/llama-vocab.cpp, which calls matching by text "not ideal";
 * see its issue 9606): turn and text ends, and the fill-in-the-middle markers, of which padding,
 * repository and file markers end generation because text never goes on after them.
 */
#include "engine/tokenizer/markers.h"

#include <string.h>

static const struct marker markers[] = {
    {"<|eot_id|>", true},
    {"<|im_end|>", true},
    {"<|end|>", true},
    {"<|return|>", true},
    {"<|call|>", true},
    {"<|flush|>", true},
    {"<|calls|>", true},
    {"<end_of_turn>", true},
    {"<|endoftext|>", true},
    {"</s>", true},
    {"<|eom_id|>", true},
    {"<EOT>", true},
    {"_<EOT>", true},
    {"[EOT]", true},
    {"[EOS]", true},
    {"<|end_of_text|>", true},
    {"<end_of_utterance>", true},
    {"<eos>", true},
    {"<turn|>", true},
    {"<|tool_response>", true},
    {"<｜end▁of▁sentence｜>", true},
    {"[e~[", true},
    {"<|fim_pad|>", true},
    {"<fim-pad>", true},
    {"<fim_pad>", true},
    {"<PAD>", true},
    {"[PAD]", true},
    {"<|fim_repo|>", true},
    {"<|repo_name|>", true},
    {"<fim-repo>", true},
    {"<REPO>", true},
    {"<reponame>", true},
    {"<|file_sep|>", true},
    {"<|im_start|>", false},
    {"<|start_header_id|>", false},
    {"<|end_header_id|>", false},
    {"<start_of_turn>", false},
    {"<|fim_prefix|>", false},
    {"<fim-prefix>", false},
    {"<fim_prefix>", false},
    {"<｜fim▁begin｜>", false},
    {"<PRE>", false},
    {"<|fim_suffix|>", false},
    {"<fim-suffix>", false},
    {"<fim_suffix>", false},
    {"<｜fim▁hole｜>", false},
    {"<SUF>", false},
    {"<|fim_middle|>", false},
    {"<fim-middle>", false},
    {"<fim_middle>", false},
    {"<｜fim▁end｜>", false},
    {"<MID>", false},
};

const struct marker *marker_find(const char *text, size_t n)
{
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        if (strlen(markers[i].text) == n && memcmp(markers[i].text, text, n) == 0) {
            return &markers[i];
        }
    }
    return NULL;
}
