#!/bin/sh
# Prepares this checkout on a fresh Debian or Ubuntu machine: system libraries, then .venv from a lock file.
# Usage: packaging/prepare.sh requirements.lock|requirements-dev.lock
# It does nothing that has been done already, and never touches Python packages outside .venv.
set -eu
cd "$(dirname "$0")/.."
lock=$1

say() { printf '%s\n' "$*" >&2; }

# Installs Debian packages where that is allowed; else names the one line to run.
install_system() {
    say "Installing from the distribution: $*"
    if ! command -v apt-get >/dev/null; then
        say "This is no Debian or Ubuntu. Please install what corresponds to: $*"
        return 1
    fi
    if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else
        say "Not allowed to install. Please run this line, then the same make command again:"
        say "    sudo apt-get install --no-install-recommends $*"
        return 1
    fi
    # shellcheck disable=SC2086
    { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null; } ||
        { say "The installation failed. Please run: sudo apt-get install $*"; return 1; }
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && new_enough "$name"; then command -v "$name"; return; fi
    done
    return 1
}

python=$(find_python) || { install_system python3.11 python3.11-venv && python=$(find_python); } ||
    { say "Diglot needs Python 3.11 or newer."; exit 1; }

# The stamp holds what .venv was made from: the lock, the project file and the interpreter.
stamp=$( (cat "$lock" pyproject.toml; "$python" -VV; echo "$lock") | cksum)
# Compiled ahead, because the start of the window counts, and some environments forbid Python to do it on the way.
compile_ours() { .venv/bin/python -m compileall -q engine desktop; }
if [ -x .venv/bin/diglot ] && [ "$(cat ".venv/.made-from-$lock" 2>/dev/null)" = "$stamp" ]; then compile_ours; exit 0; fi

missing=""
want() { missing="$missing $*"; }
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    want "$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')"
libraries=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)
has() { case $libraries in *"$1"*) true ;; *) false ;; esac; }
has libEGL.so.1 || want libegl1
has libGL.so.1 || want libgl1
has libglib-2.0.so.0 || want libglib2.0-0
has libdbus-1.so.3 || want libdbus-1-3
has libfontconfig.so.1 || want libfontconfig1
has libxkbcommon.so.0 || want libxkbcommon0
has libxkbcommon-x11.so.0 || want libxkbcommon-x11-0
has libxcb-cursor.so.0 || want libxcb-cursor0
has libxcb-icccm.so.4 || want libxcb-icccm4
has libxcb-keysyms.so.1 || want libxcb-keysyms1
has libxcb-shape.so.0 || want libxcb-shape0
has libxcb-randr.so.0 || want libxcb-randr0
has libxcb-xkb.so.1 || want libxcb-xkb1
command -v fc-list >/dev/null || want fontconfig
[ -n "$(fc-list :lang=zh 2>/dev/null)" ] || want fonts-noto-cjk
command -v bwrap >/dev/null || want bubblewrap
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || command -v Xvfb >/dev/null || want xvfb xauth
# shellcheck disable=SC2086
[ -z "$missing" ] || install_system $missing || exit 1

say "Making .venv from $lock"
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
compile_ours
printf '%s\n' "$stamp" >".venv/.made-from-$lock"
