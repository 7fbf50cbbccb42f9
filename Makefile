# `make demo` and `make test` need nothing but make and Python 3.11 or newer.
# Every target works in .venv, which is made anew whenever pyproject.toml or constraints.txt changed.
# Packages come from wherever pip is set up to find them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test test-slow bench bench-slow clean

# What stands in the caller's environment must not reach into .venv.
unexport PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX PIP_CONSTRAINT
export PYTHONNOUSERSITE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The first that is new enough is taken; `make demo PYTHON=...` names another.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11

DEMO_SOURCE := data_samples/keyboard.parquet
DEMO_STRATEGIES := --with 'time-grid(step_ms=100)' --with 'delay-mix(bound_ms=100)' --with 'drop-release'

# `make bench COMPARE=FILE` holds the run against another than the last; BENCH="keyboard pointer" measures only these.
BENCH ?=
BENCH_OPTIONS := $(BENCH) $(if $(COMPARE),--compare $(COMPARE))

help:
	@echo 'make demo       audit the sample log and write demo/report.html'
	@echo 'make test       check style and types, run the quick tests'
	@echo 'make test-slow  run the tests that take minutes'
	@echo 'make bench      measure speed and compare it with the last run (COMPARE=FILE: with another)'
	@echo 'make bench-slow the same with what takes many minutes'
	@echo 'make clean      remove .venv, caches and the demo'

$(READY): pyproject.toml constraints.txt
	@python=''; found=''; \
	for candidate in $(PYTHON); do \
	    command -v "$$candidate" > /dev/null || continue; \
	    version=$$("$$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2> /dev/null) || continue; \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then python="$$candidate"; break; fi; \
	    found="$$found $$candidate is $$version;"; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "reid needs Python 3.11 or newer;$${found:- no python3 found;} install one, or name it: make PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi; \
	echo "Making $(VENV) with $$python $$version; this takes a few minutes the first time."; \
	rm -rf $(VENV); \
	"$$python" -m venv $(VENV) || { echo "$$python cannot make virtual environments; install its venv module (Debian, Ubuntu: python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m pip install -qq -c constraints.txt "setuptools>=80"
	@$(BIN)/python -m pip install -qq -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@

demo: $(READY)
	@$(BIN)/reid audit $(DEMO_SOURCE) -o demo $(DEMO_STRATEGIES)

# Two workers, one thread each: more threads than cores make every test slower.
test: export OMP_NUM_THREADS := 1
test: export POLARS_MAX_THREADS := 1
test: $(READY)
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/pytest -q -n 2 -m 'not slow'

test-slow: $(READY)
	$(BIN)/pytest -q -m slow

bench: $(READY)
	@$(BIN)/python -m tests.bench $(BENCH_OPTIONS)

bench-slow: $(READY)
	@$(BIN)/python -m tests.bench --slow $(BENCH_OPTIONS)

clean:
	rm -rf $(VENV) demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
