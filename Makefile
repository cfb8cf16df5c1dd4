# Two commands do everything: `make quickstart` and `make test`.
SHELL := /bin/bash
# The first that runs and is new enough: a name on the path may be an empty shim.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v $$p; break; }; done)
BIN := .venv/bin
# Compiling takes one core at a time, so two workers; a file stays on one of them and compiles once.
WORKERS := --numprocesses 2 --dist loadfile

.PHONY: quickstart setup test test-slow torture lint format tools docs bench pictures constraints clean

quickstart: setup  ## Set up, run specs/quickstart.yaml, say where its page is.
	$(BIN)/degendsl run specs/quickstart.yaml

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group test -e .
	@touch $@

test: lint  ## Everything but the slow tests.
	$(BIN)/pytest $(WORKERS)

test-slow: setup
	$(BIN)/pytest $(WORKERS) -m slow

torture: setup  ## Random kills and mutations, long; by hand.
	$(BIN)/pytest -m torture

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright --level error

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

tools:  ## What some tests use beside Python, from npm: an editor's language server, axe.
	npm install --prefix .tools --no-save --no-audit --no-fund --silent \
	  yaml-language-server@1.18.0 axe-core@4.10.3

docs: setup  ## Write the reference of the language from its own description.
	$(BIN)/python docs/reference.py

bench: setup  ## Ratios, measured side by side; see benchmarks/README.md for the peers.
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/measures.py

pictures: setup  ## The pictures of README and docs; needs Chromium.
	$(BIN)/python docs/coordinate_check.py
	$(BIN)/degendsl run specs/quickstart.yaml
	$(BIN)/python docs/pictures.py

constraints: setup  ## Pin what is installed now, once its tests have passed.
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf .venv results .pytest_cache .ruff_cache .hypothesis
