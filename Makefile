# `make` builds the warehouses of real places, `make test` runs the tests. Both install
# what they need into .venv on first use: what users run, from requirements.lock, and on
# top of it what developers need, from requirements-dev.lock.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOP := $(VENV)/.installed-develop
SUPERSET := .venv-superset
SUPERSET_INSTALLED := $(SUPERSET)/.installed
SPHINX := .venv-site
SPHINX_INSTALLED := $(SPHINX)/.installed
DATASET ?= $(CARBONSHED_DATASET)
VARIANTS := $(addprefix usa_states-,low high near far)
SHIPPED := usa_2016 usa_states $(VARIANTS) usa_2012_2016 usa_states_years synthetic
# the dataset of the site's report
REPORTED := $(or $(DATASET),usa_states)
PUBLISHED := warehouse/published/$(REPORTED).duckdb
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
.PHONY: warehouse synthetic test test-slow smoke soak mutants lint format lock docs report bench clean install web
.PHONY: develop site superset superset-check superset-lock install-superset

warehouse: $(INSTALLED)
ifeq ($(DATASET),)
	@echo 'The United States by state: real places, 71 industries. Five builds of twenty seconds to half a minute:'
	@echo 'first four variants with other estimates of trade between states, for its ranges, then usa_states'
	@$(BIN)/carbonshed build $(VARIANTS) usa_states
else
	@$(BIN)/carbonshed build $(DATASET)
endif
	@echo 'Ask it: $(BIN)/carbonshed ask$(DATASET:%= --dataset %)'

# an invented economy at full size, 309 cities and 42 sectors: a minute and a half
synthetic: $(INSTALLED)
	@$(BIN)/carbonshed build synthetic

test: $(DEVELOP)
	$(BIN)/pytest -m "not slow"

# a browser, a cluster, another installation, builds killed and gone on with
test-slow: $(DEVELOP)
	$(BIN)/pytest -m slow

# half a minute: packages, a tiny dataset from ingest to answer, in a folder that goes
smoke: $(INSTALLED)
	@$(BIN)/python -m tools.smoke

# inputs and stored files spoiled, commands killed at random, for an hour;
# docs/reliability.md
soak: $(DEVELOP)
	PYTHONPATH=tests $(BIN)/python -m soak --seconds $(SOAK)

# 30 faults put into a room, one at a time: which test notices each?
mutants: $(DEVELOP)
	@$(BIN)/python -m tools.mutants $(ROOM) $(if $(TESTS),--tests $(TESTS))

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
	$(BIN)/python -m tools.unread

format: $(DEVELOP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --processes 2 models analyses tests/data tests/macros
	$(BIN)/sqlfluff fix --config $(QUERIES)/sqlfluff.cfg $(QUERIES)

docs: $(DEVELOP)
	$(BIN)/python -m tools.docs
	env -u CARBONSHED_DATASET $(BIN)/dbt docs generate --static
	@echo 'Models and their lineage, to be opened in a browser: target/static_index.html'

# the pages with a search, the report and the models: site/index.html
site: $(SPHINX_INSTALLED) $(PUBLISHED)
	CARBONSHED_DATASET=$(REPORTED) $(BIN)/dbt docs generate --static --quiet --target-path target
	$(BIN)/python -m tools.site $(REPORTED) --sphinx $(SPHINX)/bin/sphinx-build \
		--models target/static_index.html

$(PUBLISHED): | $(INSTALLED)
	$(BIN)/carbonshed build $(REPORTED)

# scripts and outlines of the report, from tools/web: for developers who change them, with
# node and npm; users get what is committed
web:
	cd tools/web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	cd tools/web && npm run --silent build

bench: $(DEVELOP)
	$(BIN)/python -m benchmarks.side_by_side

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
	$(COMPILE) tools/site/requirements.in --output-file tools/site/requirements.txt

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

# pymrio pins a docutils that Sphinx does not take
$(SPHINX_INSTALLED): tools/site/requirements.txt | $(INSTALLED)
	@echo "Installing $$($(LOCKED) $< | sort -u | wc -l) packages for the site into $(SPHINX): half a minute, 0.1 GB on disk"
	$(BIN)/python -m venv --clear $(SPHINX)
	$(SPHINX)/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# what you ingested, built and wrote yourself stays, and what runs is not cut off
clean:
	$(if $(PYTHON),@$(PYTHON) -m tools.in_use $(VENV) $(SUPERSET) $(SPHINX))
	rm -rf $(VENV) $(SUPERSET) $(SPHINX) site target logs
	rm -rf $(SHIPPED:%=warehouse/published/%) $(SHIPPED:%=warehouse/published/.%)
	rm -rf $(SHIPPED:%=warehouse/published/%.duckdb) $(SHIPPED:%=warehouse/published/%.previous.duckdb)
	rm -rf $(SHIPPED:%=warehouse/%.duckdb) $(SHIPPED:%=warehouse/%.duckdb.wal)
	rm -rf $(SHIPPED:%=warehouse/solved/%) $(SHIPPED:%=reports/%)
	@for folder in $(wildcard $(SHIPPED:%=data/%)); do \
		if [ -L $$folder ]; then rm $$folder; continue; fi; \
		find $$folder -mindepth 1 ! -path $$folder/scenarios.csv -delete; \
		if [ -e $$folder/scenarios.csv ]; then echo "kept: $$folder/scenarios.csv, which is yours"; \
		else rmdir $$folder || exit; fi \
	done
