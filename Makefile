PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test test-browser check bench soak screenshots contenders clean

run: $(VENV)/.serve  ## start the service on SQLite with the bundled sample
	@exec $(BIN)/heedful demo

# What is compiled is kept, whatever the environment says: hundreds of processes would compile it again. A worker more
# than cores, as some tests wait for clocks and for processes.
test: export PYTHONDONTWRITEBYTECODE =
test: check  ## lint, types, the import contract and the suite, but for what needs a browser
	$(BIN)/python -m pytest -n 3 --dist loadgroup -m "not browser" --cov --cov-report=term:skip-covered

test-browser: $(VENV)/.dev  ## walk through the console in a real Chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m browser tests/console

check: $(VENV)/.dev  ## lint, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev contenders  ## measure speed and memory into docs/benchmarks.md
	$(BIN)/python -m tests.bench

soak: $(VENV)/.dev  ## kill the service 300 times a store and write docs/reliability.md
	$(BIN)/python -m tests.crash

screenshots: $(VENV)/.dev  ## take pictures of the console with the sample data into docs/screenshots
	$(BIN)/python -m tests.console.screenshots

contenders: .venv-contenders/.done  ## install the rule libraries that the bench compares with, apart

.venv-contenders/.done: tests/bench/contenders.txt
	@test -x .venv-contenders/bin/python || $(PYTHON) -m venv .venv-contenders
	@.venv-contenders/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(VENV)/.serve: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what serving needs into $(VENV) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP) torch==2.13.0
	@$(PIP) --editable ".[train,speech,names,dev]"
	@touch $(VENV)/.serve $@

clean:
	rm -rf $(VENV) .venv-contenders .mypy_cache .ruff_cache .pytest_cache .coverage
