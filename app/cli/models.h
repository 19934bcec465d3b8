/* SPDX-License-Identifier: GPL-3.0-or-later */
/* models.h: what the verb models shares with doctor, and its import, which is a file of its own. */
#pragma once

#include "app/cli/cli.h"

/* Checks every model on this machine, or only one: member "models" of the object at hand; what is
   wrong is said on stderr. false: one is wrong, or the error is set (cancelled). */
bool cli_verify_models(struct cli *cli, ModelLibrary *models, const struct model *only,
                       JsonWrite *json, GError **error);

struct cli_import {
    char *name, *type, *pooling, *license, *output; /* (owned) as given; NULL: not given */
};
/* Takes a folder or a GGUF file into the model folder; an exit code. */
int cli_import_model(struct cli *cli, const char *source, const struct cli_import *import);
