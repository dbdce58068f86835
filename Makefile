# `make` builds the warehouse of the default dataset, `make test` runs every test.
# Both install what they need into .venv on first use: what users run, from
# requirements.lock, and on top of it what developers need, from requirements-dev.lock.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOP := $(VENV)/.installed-develop
SUPERSET := .venv-superset
SUPERSET_INSTALLED := $(SUPERSET)/.installed
DATASET ?= $(or $(CARBONSHED_DATASET),synthetic)
# dbt parses all of the project anew for another dataset, unless each has its own folder
DBT := $(if $(filter-out synthetic,$(DATASET)),CARBONSHED_DATASET=$(DATASET) \
	DBT_TARGET_PATH=target/$(DATASET) DBT_LOG_PATH=logs/$(DATASET),env -u CARBONSHED_DATASET) $(BIN)/dbt
# the extras in requirements.lock
USERS := build ceads excel report sql world
UPGRADE ?= --upgrade
# what is installed resolves, although a lock is older than pyproject.toml
UV := $(if $(wildcard $(BIN)/uv),,$(DEVELOP))
COMPILE = $(BIN)/uv pip compile --quiet --universal $(UPGRADE) --python-version 3.11 \
	--generate-hashes --no-header --no-annotate
# the names of the packages of a lock
LOCKED := grep -oE '^[a-z0-9_.-]+'
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
SOAK ?= 3600
QUERIES := carbonshed/report/queries

.DEFAULT_GOAL := warehouse
.PHONY: warehouse test soak lint format lock docs report bench clean install
.PHONY: develop superset superset-check superset-lock install-superset

warehouse: $(INSTALLED)
	$(DBT) build
	@echo 'What is in it: .venv/bin/carbonshed show $(DATASET)'

test: $(DEVELOP)
	$(BIN)/pytest

# inputs and stored files spoiled, commands killed at random, for an hour;
# docs/reliability.md
soak: $(DEVELOP)
	PYTHONPATH=tests $(BIN)/python -m soak --seconds $(SOAK)

# to look at: reports/NAME/index.html
report: $(INSTALLED)
	$(BIN)/carbonshed report $(DATASET)

lint: $(DEVELOP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 models analyses tests/data tests/macros
	$(BIN)/sqlfluff lint --config $(QUERIES)/sqlfluff.cfg $(QUERIES)
	$(BIN)/dbt parse --quiet
	$(BIN)/dbt-bouncer
	$(BIN)/python -m tools.docs --check
	$(BIN)/python -m tools.house --check
	$(BIN)/python -m tools.words --check

format: $(DEVELOP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --processes 2 models analyses tests/data tests/macros
	$(BIN)/sqlfluff fix --config $(QUERIES)/sqlfluff.cfg $(QUERIES)

docs: $(DEVELOP)
	$(BIN)/python -m tools.docs
	$(DBT) docs generate --static
	@echo 'Models and their lineage, to be opened in a browser:' \
		'target/$(if $(filter-out synthetic,$(DATASET)),$(DATASET)/)static_index.html'

# MARIO=PYTHON: a Python in whose environment mariopy is, to measure it too
bench: $(DEVELOP)
	$(BIN)/python -m benchmarks.side_by_side $(if $(MARIO),--mario $(MARIO))

# hashes make a lock the same wherever it is installed; uv only resolves. Developers
# get the versions of users, so their lock has what the other has not. UPGRADE= keeps
# the versions that the locks have: for a package that is new in pyproject.toml
lock: $(UV)
	$(COMPILE) pyproject.toml $(USERS:%=--extra %) --no-strip-extras \
		--output-file requirements.lock
	$(COMPILE) pyproject.toml --all-extras --no-strip-extras \
		--constraint requirements.lock \
		$$($(LOCKED) requirements.lock | sed 's/^/--no-emit-package /') \
		--output-file requirements-dev.lock
	$(COMPILE) tools/pip-audit.in --output-file tools/pip-audit.txt

# dashboards of a published dataset, until Ctrl-C; docs/superset.md
superset: install-superset
	$(BIN)/python bi/superset serve $(DATASET)

superset-check: install-superset
	$(BIN)/python bi/superset check $(DATASET)

superset-lock: $(UV)
	$(COMPILE) bi/superset/requirements.in --output-file bi/superset/requirements.txt

install-superset: $(INSTALLED) $(SUPERSET_INSTALLED)

install: $(INSTALLED)

develop: $(DEVELOP)

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: Carbonshed needs Python 3.11, 3.12 or 3.13 with its venv module; none was found. Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Installing $$($(LOCKED) $< | sort -u | wc -l) packages into $(VENV): one to two minutes, 1 GB on disk"
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) --require-hashes --requirement $<
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# on top: what is there already stays
$(DEVELOP): requirements-dev.lock $(INSTALLED)
	@echo "Installing $$($(LOCKED) $< | sort -u | wc -l) more packages, for developers: one minute, 0.4 GB on disk"
	$(PIP) --require-hashes --requirement requirements.lock --requirement $<
	@touch $@

# Superset pins other versions of what the project uses: an environment of its own
$(SUPERSET_INSTALLED): bi/superset/requirements.txt
	$(BIN)/python -m venv --clear $(SUPERSET)
	$(SUPERSET)/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# what you ingested and built yourself stays, and what runs is not cut off
clean:
	$(if $(PYTHON),@$(PYTHON) -m tools.in_use $(VENV) $(SUPERSET))
	rm -rf $(VENV) $(SUPERSET) target logs data/synthetic
	rm -rf $(addprefix warehouse/,synthetic.duckdb synthetic.duckdb.wal solved/synthetic)
	rm -rf reports/synthetic
	rm -rf $(addprefix warehouse/published/,synthetic synthetic.duckdb synthetic.previous.duckdb .synthetic)
