# Two commands matter:  make run   (set everything up and serve Prodops)
#                       make test  (set everything up and run every check)
# All they create stays inside this folder: .tools/ .venv/ node_modules/ build/ var/
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

UV_VERSION := 0.13.9
# A pyenv shim called uv can be on PATH and still fail here, so ask it to run. PYENV_VERSION (pyenv
# exports it to whatever a python shim starts) would hide the 3.13 that .python-version asks for.
unexport PYENV_VERSION
UV  := $(shell unset PYENV_VERSION; uv --version >/dev/null 2>&1 && command -v uv || echo .tools/uv/bin/uv)
RUN := .venv/bin/python
export UV_PYTHON_DOWNLOADS ?= automatic
export VIRTUAL_ENV :=
export PORT ?= 8000

# one thing at a time, in the order written
.NOTPARALLEL:
.PHONY: run dev test check unit browser bench backup restore fmt lock setup clean reset help screenshots
.DEFAULT_GOAL := help

run: setup            ## set up, then serve on http://127.0.0.1:8000 until Ctrl-C (PORT=8010 make run serves elsewhere)
	@exec $(RUN) -m devstack up

dev: setup            ## the same, reloading code and rebuilding assets as you edit
	@exec $(RUN) -m devstack up --reload

test: setup build/chromium  ## set up, then format, lint, contracts, types, migrations, checks and all tests
	$(MAKE) check
	$(RUN) -m pytest -n auto

check: setup          ## everything of `make test` but the tests
	.venv/bin/ruff format --check . && .venv/bin/ruff check .
	.venv/bin/mypy & types=$$!; \
	.venv/bin/lint-imports --no-cache && $(RUN) -m devstack exec test -- sh -c \
	  '$(RUN) manage.py makemigrations --check --dry-run && $(RUN) manage.py check --fail-level WARNING' \
	  || { kill $$types; exit 1; }; \
	wait $$types

unit: setup           ## the tests that need no browser
	@exec $(RUN) -m pytest -n auto -m 'not browser'

browser: setup build/chromium  ## only the tests in a real browser
	@exec $(RUN) -m pytest -n auto -m browser

bench: setup          ## measure pages and jobs beside their floor (docs/operations.md says how to read it)
	@exec $(RUN) -m devstack exec bench -- $(RUN) -m tests.benchmarks

screenshots: setup build/chromium  ## draw the README's and the guide's pictures again
	@SCREENSHOTS=1 $(RUN) -m pytest -m browser tests/browser/test_screenshots.py

fmt: setup            ## format and fix what can be fixed
	.venv/bin/ruff check --fix . && .venv/bin/ruff format .

setup: .venv/.stamp node_modules/.stamp build/.stamp

# uv itself: taken from PATH, else from the package index into .tools/.  `cd /` keeps pyenv from
# reading this folder's .python-version before a 3.13 is known to exist.
.tools/uv/bin/uv:
	@command -v python3 >/dev/null || { echo "Prodops needs python3: apt install python3 python3-venv"; exit 1; }
	@d="$(CURDIR)/.tools/uv"; cd / && { python3 -m venv "$$d" || { echo "Prodops needs the venv module: apt install python3-venv"; exit 1; }; } && "$$d/bin/python" -m pip install -q "uv==$(UV_VERSION)"

.venv/.stamp: requirements-dev.lock .python-version | $(UV)
	@mkdir -p .tools && { "$(UV)" venv --allow-existing -q .venv 2>.tools/python.log || { \
	  echo "Prodops needs Python 3.13, and uv could neither find nor fetch one (.tools/python.log says why):"; \
	  echo "install python3.13, or put it on PATH by pyenv, and run this again."; exit 1; }; }
	@"$(UV)" pip sync --compile-bytecode -q requirements-dev.lock
	@touch $@

# Hash-pinned and free of download addresses; requirements.lock is what production installs.
COMPILE = "$(UV)" pip compile pyproject.toml --python-version 3.13 --universal --generate-hashes --no-header -q
lock: | $(UV)         ## pin the dependencies again after a change in pyproject.toml
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -o requirements-dev.lock

node_modules/.stamp: package-lock.json package.json
	@command -v npm >/dev/null || { echo "Prodops needs node and npm: apt install nodejs npm"; exit 1; }
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build/.stamp: $(shell find static -type f) devstack/assets.mjs node_modules/.stamp
	@node devstack/assets.mjs
	@touch $@

build/chromium: node_modules/.stamp devstack/chromium.mjs
	@node devstack/chromium.mjs $@

backup: setup         ## keep the embedded database and the uploads under var/backups (may run meanwhile)
	@exec $(RUN) -m devstack backup

restore: setup        ## put a backup back: make restore FROM=var/backups/... (stop Prodops first)
	@exec $(RUN) -m devstack restore "$(FROM)"

clean:                ## remove what setup made, keep the data
	rm -rf .venv node_modules build

reset:                ## forget the embedded database and its uploads; backups stay
	@[ ! -d var ] || find var -mindepth 1 -maxdepth 1 ! -name backups -exec rm -rf {} +

help:                 ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14
