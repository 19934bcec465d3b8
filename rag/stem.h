/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stem.h: cuts English endings off a word, so that "configures" meets "configuration".
 * Pure function, callable from any thread.
 */
#pragma once

/* fold: a word without case or accents. Words with anything but a–z are returned as they are.
   Caller frees. */
char *rag_stem(const char *fold);
