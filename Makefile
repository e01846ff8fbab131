# Diglot: `make run` does the main job, `make test` passes the tests; both install what they need into .venv.
export FILE ONLY MODEL ENGINE
PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest -q -p no:cacheprovider
REAL_ENGINE := $(PYTEST) tests/engine/real -p no:pytest-qt -p tests.support.engine_report
SHORT := -m "not soak"

.PHONY: help run test machinery reading window engine-test soak gpu-test quick check bench screenshot samples translations ready ready-dev clean

help:            ## list what can be made
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | expand -t 16

run: ready       ## open the app on a sample and read it (FILE=path for any file)
	@packaging/run.sh

test: check      ## everything that must pass
	@$(MAKE) --no-print-directory machinery
	@$(MAKE) --no-print-directory --jobs --output-sync=target reading window
	$(REAL_ENGINE) $(SHORT)

# The tests without the real vLLM, in three parts. What waits more than it computes runs side by side; processes that
# are watched with a clock in hand, how they start and end, have the machine to themselves.
MACHINERY := tests/engine/server tests/engine/setup tests/engine/store tests/engine/owner tests/faults
machinery: ready-dev
	QT_QPA_PLATFORM=offscreen $(PYTEST) $(CHOICE) $(MACHINERY) -p no:pytest-qt
reading: ready-dev
	QT_QPA_PLATFORM=offscreen $(PYTEST) $(CHOICE) tests/engine $(addprefix --ignore=,$(MACHINERY) tests/engine/real) -p no:pytest-qt
window: ready-dev
	QT_QPA_PLATFORM=offscreen $(PYTEST) $(CHOICE) tests/desktop

engine-test: ready-dev ## only the tests against the real vLLM; fails where it cannot be had
	DIGLOT_REQUIRE_ENGINE=1 $(REAL_ENGINE) $(SHORT)

soak: ready-dev  ## what takes many minutes, or starts the real vLLM too often for make test
	$(REAL_ENGINE) -m soak

gpu-test: ready-dev ## what only a card can show (MODEL=folder ENGINE=folder of an engine's environment)
	$(PYTEST) tests/gpu -p no:pytest-qt -s

quick: ready-dev ## the fast part of the tests
	@$(MAKE) --no-print-directory --jobs --output-sync=target CHOICE='-m "not slow"' machinery reading window

check: ready-dev ## linters, types, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: ready-dev ## ratios of ours against the bare thing (ONLY=name for one)
	$(PYTHON) -m tests.bench

screenshot: ready-dev ## draw the README's picture of the window anew
	@rm -rf out/screenshot && mkdir -p out/screenshot resources/screenshots
	@xvfb-run -a -s "-screen 0 1600x1000x24" $(PYTHON) -m desktop --unattended out/screenshot resources/samples/tour.pdf
	@cp out/screenshot/window.png resources/screenshots/window.png

samples: ready-dev ## draw the sample documents anew
	$(PYTHON) packaging/make_samples.py

translations: ready-dev ## bring the translations up to date
	$(PYTHON) packaging/translate.py

ready:
	@packaging/prepare.sh requirements.lock

ready-dev:
	@packaging/prepare.sh requirements-dev.lock

clean:           ## remove what was made
	rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis
