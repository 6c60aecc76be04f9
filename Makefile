# `make demo` shows the result, `make test` checks everything CI checks; both do their own set-up.
# Targets are described by the comment after `##`; `make help` lists them.
MAKEFLAGS += --no-print-directory --no-builtin-rules
SHELL := /bin/sh
.DEFAULT_GOAL := help

BIN := .venv/bin
PY := $(BIN)/python
OPA := .tools/bin/opa
REGAL := .tools/bin/regal
# What `opa check` holds the rules against: the shape of their input, and the built-ins every engine has.
OPA_CHECK := --strict --bundle --schema policies/s2sguard/schemas --capabilities policies/capabilities.json
# Percent of Rego lines the Rego tests must run.
REGO_COVERAGE := 100
RUN_READY := .venv/.ready-run
DEV_READY := .venv/.ready-dev
TOOLS_READY := .tools/.ready

.PHONY: help demo test check fmt lint type rego schema docs control tools pytest lab bench build clean
.PHONY: lint-check schema-check docs-check

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

demo: $(RUN_READY) ## Install, then scan the five stages of samples/lab
	@$(PY) .ci/demo.py

test: check ## Everything CI checks, set-up included

check: ## The same, under the name that contributors type
	@$(MAKE) lint
	@$(MAKE) type
	@$(MAKE) rego
	@$(MAKE) schema-check
	@$(MAKE) docs-check
	@$(MAKE) pytest

fmt: $(DEV_READY) $(TOOLS_READY) ## Format Python and Rego
	$(BIN)/ruff format
	$(BIN)/ruff check --fix-only --quiet
	@if [ -x $(OPA) ]; then $(OPA) fmt --write policies; else echo "opa is missing: Rego is not formatted"; fi

lint: $(DEV_READY) ## Python: ruff rules and format, import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

type: $(DEV_READY) ## Python: mypy strict over plugin, samples, tests and .ci
	$(BIN)/mypy
	$(BIN)/mypy .ci

rego: $(DEV_READY) $(TOOLS_READY) ## Rego: format, strict check with schemas and capabilities, tests with coverage, regal
	@if [ ! -x $(OPA) ] || [ ! -x $(REGAL) ]; then echo "opa or regal is missing: Rego is not checked"; exit 0; fi; set -ex; \
	$(OPA) fmt --diff --fail policies; \
	$(OPA) check $(OPA_CHECK) policies; \
	$(OPA) test --bundle policies; \
	$(OPA) test --bundle --coverage policies >.tools/coverage.json; \
	$(PY) .ci/rego_coverage.py .tools/coverage.json $(REGO_COVERAGE); \
	$(REGAL) lint policies

schema: $(DEV_READY) ## Write the schemas and initiatives that are generated
	$(PY) .ci/schemas.py
	$(PY) .ci/initiative.py

schema-check: $(DEV_READY)
	$(PY) .ci/schemas.py --check
	$(PY) .ci/initiative.py --check

docs: $(DEV_READY) ## Write the documentation that is generated from the controls
	$(PY) .ci/docs.py

docs-check: $(DEV_READY)
	$(PY) .ci/docs.py --check

control: $(DEV_READY) ## Scaffold a control: make control FAMILY=ike NAME=dh_group
	$(PY) .ci/new_control.py "$(FAMILY)" "$(NAME)"

pytest: $(DEV_READY) $(TOOLS_READY) ## Python tests with branch coverage
	$(PY) -m pytest --numprocesses auto --cov --cov-report term

lab: $(DEV_READY) ## The article's lab with real IKEv2 daemons and pings (Debian, root): about a minute
	@.ci/lab-packages
	$(PY) -m pytest tests/integration/lab -rs

bench: $(DEV_READY) $(TOOLS_READY) ## Measure, as ratios taken in one run
	$(PY) -m tests.benchmarks

build: $(DEV_READY) $(TOOLS_READY) ## Compile the pack to build/, then wheel and sdist to dist/
	@if [ -x $(OPA) ]; then $(PY) -m s2sguard.evaluate.wasm_build; else echo "opa is missing: the pack is not compiled"; fi
	$(BIN)/hatchling build

tools: $(TOOLS_READY) ## Build opa, regal and two releases of conftest into .tools/bin

clean: ## Remove what the targets above made
	rm -rf .venv .tools build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*

$(RUN_READY): pyproject.toml .ci/venv
	@echo "setting up .venv (about a minute, once) ..."
	@.ci/venv run

$(DEV_READY): pyproject.toml .ci/venv .ci/constraints.txt
	@echo "setting up .venv (about a minute, once) ..."
	@.ci/venv dev

# No stamp without Go: it may be there next time.
$(TOOLS_READY): .ci/go-tools .ci/tools/versions .ci/tools/regal/go.sum
	@.ci/go-tools opa regal conftest conftest-before
	@if [ -x $(OPA) ] && [ -x $(REGAL) ]; then touch $@; fi
