#!/bin/sh
# The main job: opens FILE (the sample tour without one) and reads it; without a display, under a virtual one into out/.
set -eu
cd "$(dirname "$0")/.."
file=${FILE:-resources/samples/tour.pdf}
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/python -m desktop "$file"
fi
echo "There is no display here: doing the same under a virtual one, into out/"
mkdir -p out
if command -v xvfb-run >/dev/null; then
    exec xvfb-run -a -s "-screen 0 1600x1000x24" .venv/bin/python -m desktop --unattended out "$file"
fi
QT_QPA_PLATFORM=offscreen exec .venv/bin/python -m desktop --unattended out "$file"
