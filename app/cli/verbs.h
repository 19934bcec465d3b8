/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs.h: the verbs of the command line, each in the file of its name. */
#pragma once

#include "app/cli/cli.h"

int verb_ask(struct cli *cli, int argc, char **argv);
int verb_devices(struct cli *cli, int argc, char **argv);
int verb_doctor(struct cli *cli, int argc, char **argv);
int verb_embed(struct cli *cli, int argc, char **argv);
int verb_forget(struct cli *cli, int argc, char **argv);
int verb_generate(struct cli *cli, int argc, char **argv);
int verb_index(struct cli *cli, int argc, char **argv);
int verb_logits(struct cli *cli, int argc, char **argv);
int verb_models(struct cli *cli, int argc, char **argv);
int verb_search(struct cli *cli, int argc, char **argv);
int verb_status(struct cli *cli, int argc, char **argv);
int verb_tokenize(struct cli *cli, int argc, char **argv);
