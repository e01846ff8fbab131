#!/bin/sh
# Writes the two lock files anew: the versions and hashes of everything that is installed. Needs uv on the PATH.
# The lock files name no index: each machine's own pip configuration decides where the wheels come from.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet "$@"; }
lock --group build -o requirements.lock
lock --group dev -c requirements.lock -o requirements-dev.lock
