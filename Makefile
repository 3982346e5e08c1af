# Needs Python 3.11 or newer, make and git. Everything else goes into .venv, from the locks, by hash.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check soak bench lock clean

BIN := .venv/bin
WORKERS ?= 4
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --no-deps

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

demo: .venv/run.stamp ## a whole Signoff on this machine, with simulated people (PEOPLE=3 PORT=8000)
	@$(BIN)/signoff demo $(if $(PEOPLE),--people $(PEOPLE)) $(if $(PORT),--port $(PORT))

test: .venv/dev.stamp ## every test but the soak (WORKERS=4 ARGS="-k voting")
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: .venv/dev.stamp ## format, lint, types and architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

soak: .venv/dev.stamp ## the long random runs, and a thousand examples of each property
	$(BIN)/python -m pytest -m "soak or hypothesis" -n $(WORKERS) --timeout 0 $(ARGS)

bench: .venv/dev.stamp ## the measurements, each beside its floor
	$(BIN)/python -m bench $(ARGS)

# One resolution, two locks: people who try the demo do not download a browser driver and a type checker.
EXPORT = uv export --quiet --frozen --format requirements-txt --no-emit-project --no-header --no-annotate
NO_PLATFORM = sed -e "s/ and (sys_platform == 'darwin' or sys_platform == 'linux')//" \
                  -e "s/ ; sys_platform == 'darwin' or sys_platform == 'linux'//"

lock: ## resolve again and write both locks (needs uv; UPGRADE=1 takes newer versions)
	@uv lock $(if $(UPGRADE),--upgrade)
	@$(EXPORT) --extra demo --no-default-groups --group build > uv.export
	@$(NO_PLATFORM) uv.export > requirements.lock
	@$(EXPORT) --all-extras --group dev > uv.export
	@$(NO_PLATFORM) uv.export > requirements-dev.lock
	@rm uv.export

clean: ## remove what the targets above have made
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.14 python3.11 python3 python; do \
	    if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "Making .venv with $$("$$python" --version)"; exec "$$python" -m venv .venv; \
	    fi; \
	done; \
	echo "Signoff needs Python 3.11 or newer with its venv module; none was found. Install one" >&2; \
	echo "(Debian, Ubuntu: apt-get install python3-venv) or name it: make PYTHON=/path/to/python3.12" >&2; \
	exit 1

# The last lines of each recipe install Signoff and its client, in place: their build tool is in the
# lock. The client comes last: its `signoff` command hands over to the server's, not the other way.
.venv/run.stamp: requirements.lock pyproject.toml client/pyproject.toml | .venv/bin/python
	@$(PIP) --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Installing what Signoff needs to run (about a minute, once)"
	@$(INSTALL) --require-hashes --only-binary :all: -r requirements.lock
	@$(INSTALL) --no-build-isolation --no-index -e .
	@$(INSTALL) --no-build-isolation --no-index -e ./client
	@touch $@

.venv/dev.stamp: requirements-dev.lock requirements.lock pyproject.toml client/pyproject.toml | .venv/bin/python
	@$(PIP) --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Installing what Signoff needs to be tested (about two minutes, once)"
	@$(INSTALL) --require-hashes --only-binary :all: -r requirements-dev.lock
	@$(INSTALL) --no-build-isolation --no-index -e .
	@$(INSTALL) --no-build-isolation --no-index -e ./client
	@touch .venv/run.stamp $@
