"""`python -m tests.bench [NAME]`: all measures, or one (also by ONLY=NAME in the environment)."""

from __future__ import annotations

import os
import sys

from tests.bench.harness import main

sys.exit(main(sys.argv[1:], os.environ))
