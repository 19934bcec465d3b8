/* SPDX-License-Identifier: GPL-3.0-or-later */
/* devices.h: the check of the devices, shared by the verbs devices and doctor. */
#pragma once

#include "app/cli/cli.h"
#include "engine/device.h"

/* Writes the member "devices", prints the same as text where asked for; false: one computes
 * wrongly.
 */
bool cli_test_devices(JsonWrite *json, bool print);
