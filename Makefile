# Two targets for a newcomer: `make brief` and `make test`. Everything else builds on them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: brief test check lint types contracts lock network clean

## make brief: set up .venv, read the bundled case, print a summary, write out/brief.html
brief: $(VENV)/.main
	$(BIN)/muster brief --out out/brief.html

## make test: set up .venv with the test tools and pass all tests
test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist loadgroup

## make check: what CI runs
check: lint types contracts test

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

contracts: $(VENV)/.test
	$(BIN)/lint-imports

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# --no-build-isolation: the build backend is in the lock file too, so nothing unpinned is fetched.
$(VENV)/.main: requirements/main.lock pyproject.toml | $(VENV)/bin/python
	@echo "muster: installing the locked dependencies into $(VENV) (about a minute)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/main.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.lock pyproject.toml | $(VENV)/bin/python
	@echo "muster: installing the locked dependencies and test tools into $(VENV) (a few minutes)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.main

## make lock: refresh the lock files (needs `uv` from PyPI)
lock:
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --generate-hashes --quiet --custom-compile-command "make lock" --extra build --extra web --extra data --extra postgres pyproject.toml -o requirements/main.lock
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --generate-hashes --quiet --custom-compile-command "make lock" --all-extras pyproject.toml -o requirements/test.lock

## make network: train the learned reader anew (some two and a half hours on two cores; adds jax and optax to .venv)
network: $(VENV)/.main
	$(BIN)/python -m pip install --quiet --disable-pip-version-check jax optax
	$(BIN)/python -m muster.reading.learned.train training --tuned tests/reading/data --held-out training/held-out --write

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache
