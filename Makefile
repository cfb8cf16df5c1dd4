# Two commands do everything: `make quickstart` and `make test`.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.12 || command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: quickstart setup test test-slow torture lint format bench constraints clean

quickstart: setup  ## Set up, run specs/quickstart.yaml, say where its page is.
	$(BIN)/degendsl run specs/quickstart.yaml

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group test -e .
	@touch $@

test: lint  ## Everything but the slow tests.
	$(BIN)/pytest

test-slow: setup
	$(BIN)/pytest -m slow

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

bench: setup  ## Ratios, measured side by side; see benchmarks/README.md for the peers.
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/measures.py

constraints: setup  ## Pin what is installed now, once its tests have passed.
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf .venv results .pytest_cache .ruff_cache .hypothesis
