# `make` builds the warehouse of the default dataset, `make test` runs every test.
# Both install what they need into .venv, from requirements.lock, on first use.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SUPERSET := .venv-superset
SUPERSET_INSTALLED := $(SUPERSET)/.installed
DATASET ?= $(or $(CARBONSHED_DATASET),synthetic)
# dbt parses all of the project anew for another dataset, unless each has its own folder
DBT := $(if $(filter-out synthetic,$(DATASET)),CARBONSHED_DATASET=$(DATASET) \
	DBT_TARGET_PATH=target/$(DATASET) DBT_LOG_PATH=logs/$(DATASET),env -u CARBONSHED_DATASET) $(BIN)/dbt
SOAK ?= 3600
QUERIES := carbonshed/report/queries

.DEFAULT_GOAL := warehouse
.PHONY: warehouse test soak lint format lock docs report bench clean install
.PHONY: superset superset-check superset-lock install-superset

warehouse: $(INSTALLED)
	$(DBT) build
	@echo 'What is in it: .venv/bin/carbonshed show $(DATASET)'

test: $(INSTALLED)
	$(BIN)/pytest

# inputs and stored files spoiled, commands killed at random, for an hour;
# docs/reliability.md
soak: $(INSTALLED)
	PYTHONPATH=tests $(BIN)/python -m soak --seconds $(SOAK)

# to look at: reports/NAME/index.html
report: $(INSTALLED)
	$(BIN)/carbonshed report $(DATASET)

lint: $(INSTALLED)
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

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --processes 2 models analyses tests/data tests/macros
	$(BIN)/sqlfluff fix --config $(QUERIES)/sqlfluff.cfg $(QUERIES)

docs: $(INSTALLED)
	$(BIN)/python -m tools.docs
	$(DBT) docs generate --static
	@echo 'Models and their lineage, to be opened in a browser:' \
		'target/$(if $(filter-out synthetic,$(DATASET)),$(DATASET)/)static_index.html'

# MARIO=PYTHON: a Python in whose environment mariopy is, to measure it too
bench: $(INSTALLED)
	$(BIN)/python -m benchmarks.side_by_side $(if $(MARIO),--mario $(MARIO))

# hashes make the lock the same wherever it is installed; uv only resolves
lock: $(INSTALLED)
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --upgrade \
		--python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate \
		--output-file requirements.lock
	$(BIN)/uv pip compile tools/pip-audit.in --universal --upgrade \
		--python-version 3.11 --generate-hashes --no-header --no-annotate \
		--output-file tools/pip-audit.txt

# dashboards of a published dataset, until Ctrl-C; docs/superset.md
superset: install-superset
	$(BIN)/python bi/superset serve $(DATASET)

superset-check: install-superset
	$(BIN)/python bi/superset check $(DATASET)

superset-lock: $(INSTALLED)
	$(BIN)/uv pip compile bi/superset/requirements.in --universal --upgrade \
		--python-version 3.11 --generate-hashes --no-header --no-annotate \
		--output-file bi/superset/requirements.txt

install-superset: $(INSTALLED) $(SUPERSET_INSTALLED)

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: Carbonshed needs Python 3.11, 3.12 or 3.13 with its venv module; none was found. Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo 'Installing $(words $(shell grep -oE "^[a-z0-9_.-]+" requirements.lock)) packages into $(VENV): one to three minutes, 1.3 GB on disk'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
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
