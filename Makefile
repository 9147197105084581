# `make run` and `make test` are all a fresh machine needs. `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
# What the tests need of the environment; nothing here is a secret.
TEST_ENV := SECRET_KEY=only-for-tests-0123456789-only-for-tests-0123456789-only PIN_PEPPER=only-for-tests \
	ALLOWED_HOSTS=testserver,127.0.0.1,localhost DEMO=0 DEBUG=0 DATA_DIR=.data/test SITE_URL=http://127.0.0.1:8000

.DEFAULT_GOAL := help
.PHONY: help setup run test test-postgres test-browser coverage lint format bench mutants lock

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

.venv/.run: requirements.txt
	@test -d .venv || $(PYTHON) -m venv .venv
	@echo "Installing what the site needs…"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@echo "Installing what the tests need…"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.env: deploy/setup_embedded.py
	@$(PYTHON) deploy/setup_embedded.py && touch .env

setup: .venv/.dev .env ## Install everything for development

run: .venv/.run .env ## Start the whole site on http://127.0.0.1:$PORT (default 8000)
	@PORT=$(PORT) $(PY) deploy/embedded.py

test: .venv/.dev ## Run the whole suite embedded (SQLite)
	@$(TEST_ENV) $(PY) -m pytest -n 2 -rsx $(ARGS)

test-postgres: .venv/.dev ## Run the same suite on a throw-away PostgreSQL and Redis
	@$(TEST_ENV) $(PY) deploy/with_servers.py $(PY) -m pytest -n 2 -rsx $(ARGS)

test-browser: .venv/.dev ## Run the browser tests (needs Debian's chromium and Node.js)
	@$(TEST_ENV) tests/browser/run $(ARGS)

coverage: .venv/.dev ## Run the suite with branch coverage; fails below 90 %
	@$(TEST_ENV) $(PY) -m pytest -n 2 -rsx --cov --cov-report=term:skip-covered $(ARGS)

lint: .venv/.dev ## Style, types, imports, templates, migrations, deployment checks
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@git ls-files '*.html' | xargs .venv/bin/djade --check --target-version 5.2
	@.venv/bin/lint-imports
	@$(TEST_ENV) .venv/bin/mypy .
	@$(TEST_ENV) $(PY) manage.py makemigrations --check --dry-run
	@$(TEST_ENV) SITE_URL=https://hocvuso.example ALLOWED_HOSTS=hocvuso.example \
		$(PY) manage.py check --deploy --fail-level WARNING

format: .venv/.dev ## Format code and templates
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .
	@git ls-files '*.html' | xargs .venv/bin/djade --target-version 5.2

bench: .venv/.dev ## Measure against bare Django; writes bench.json
	@$(TEST_ENV) $(PY) -m deploy.bench

mutants: .venv/.dev ## Mutation testing of the modules that judge and count
	@$(TEST_ENV) $(PY) -m deploy.mutation

lock: ## Renew the hashed requirement files from pyproject.toml
	@.venv/bin/uv pip compile -q --generate-hashes --no-header --no-emit-index-url pyproject.toml -o requirements.txt
	@.venv/bin/uv pip compile -q --generate-hashes --no-header --no-emit-index-url -c requirements.txt --group dev pyproject.toml -o requirements-dev.txt
