# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# steps.sh: what ./run and ./check share; sourced by them once `tree` and `build` (folders) are set.
# Everything is told on stderr, so that stdout is the program's own. A step is one line; what it
# prints goes to a log in the build folder, and is shown when it fails.

say() { printf '%s\n' "$*" >&2; }

# step TEXT COMMAND…: runs the command; ends the script with the log's tail if it fails.
step() {
    local text=$1 log begin=$SECONDS
    shift
    log="$build/logs/${text//[^a-zA-Z0-9]/-}.log"
    mkdir -p "$build/logs"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        say "── $text: failed"
        tail -n 40 "$log" >&2
        say "── the whole log: $log"
        exit 1
    fi
    say "── $text ($((SECONDS - begin)) s)"
}

# configured FOLDER OPTION…: was the folder set up with just these options?
configured() {
    local folder=$1
    shift
    [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/options" 2>/dev/null)" = "$*" ]
}

# configure FOLDER OPTION…: meson setup, again only if the options are others than last time.
configure() {
    local folder=$1
    configured "$@" && return 0
    shift
    if [ -f "$folder/build.ninja" ]; then
        meson setup --reconfigure "$@" "$folder" "$tree" && printf '%s\n' "$*" >"$folder/options" &&
            return 0
        rm -rf "$folder" # a compiler or Meson that has changed since
    fi
    meson setup "$@" "$folder" "$tree" && printf '%s\n' "$*" >"$folder/options"
}

# Where FAISS's C API is: made by build-faiss on Debian and Ubuntu; empty = the system's library.
faiss_folder() {
    if command -v dpkg-query >/dev/null; then
        printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/lectern/faiss"
    fi
}

# The starter embedder comes as a Hugging Face folder; Lectern itself makes the GGUF file of it.
import_embedder() { # the program
    local models="${XDG_CACHE_HOME:-$HOME/.cache}/lectern/models"
    # Name and licence are in the file, and its SHA-256 is in data/models.json.
    "$1" models import "$models/all-MiniLM-L6-v2-hf" -o "$models/all-minilm-l6-v2.gguf" \
        --name all-MiniLM-L6-v2 --license apache-2.0
}
embedder_is_there() {
    [ -f "${XDG_CACHE_HOME:-$HOME/.cache}/lectern/models/all-minilm-l6-v2.gguf" ]
}
