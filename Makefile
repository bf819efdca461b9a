# `make run` for a look, `make test` before a commit. On a fresh Debian: python3.11 (or newer) and make are enough.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test check unit prosody chromium peers ejabberd bench screenshots lock clean

BIN := .venv/bin
STEP := deploy/step.sh
# A run of one part: make chromium ARGS="-k tabs"
ARGS ?=
# Two workers, each with a server, a site and a browser of its own; a file's tests stay together.
WORKERS ?= 2
PYTEST := $(BIN)/pytest -q --no-header -n $(WORKERS) --dist loadfile

help:
	@echo "make run          the site with a demo XMPP server on this machine"
	@echo "make test         every check and test (what the CI runs)"
	@echo "make check        formatting, linters, types and floors only"
	@echo "make unit         the tests without server and browser, on both databases"
	@echo "make prosody      the dialogues with a real XMPP server"
	@echo "make chromium     two people in a real browser"
	@echo "make ejabberd     rooms and a chat with another XMPP server"
	@echo "make peers        our pages and other people's clients"
	@echo "make bench        measure, against the figures of docs/performance.md"
	@echo "make screenshots  draw docs/screenshot-*.png anew"
	@echo "make lock         pin the requirements of requirements/*.in anew, with hashes"
	@echo "make clean        remove the environment and what tools left behind"

# ---- what people use

run: .venv/.runtime
	@deploy/packages.sh prosody || true
	@exec $(BIN)/python -m webchat demo $(ARGS)

test: .venv/.dev
	@deploy/packages.sh prosody chromium postgresql
	@$(STEP) "all of it" $(MAKE) check unit prosody chromium ARGS=

check: .venv/.dev
	@$(STEP) "ruff format" $(BIN)/ruff format --check --quiet --diff .
	@$(STEP) "ruff check" $(BIN)/ruff check --quiet .
	@$(STEP) "mypy" $(BIN)/mypy --no-error-summary
	@$(STEP) "djlint" $(BIN)/djlint templates --check --lint --quiet
	@$(STEP) "lint-imports" $(BIN)/lint-imports --no-cache

unit: .venv/.dev
	@deploy/packages.sh postgresql
	@$(STEP) "unit tests" $(BIN)/python -m tests.lab.postgresql $(PYTEST) \
		--ignore=tests/prosody --ignore=tests/chromium --ignore=tests/peers --ignore=tests/ejabberd $(ARGS)

prosody: .venv/.dev
	@deploy/packages.sh prosody
	@$(STEP) "Prosody dialogues" $(PYTEST) tests/prosody $(ARGS)

chromium: .venv/.dev
	@deploy/packages.sh prosody chromium
	@$(STEP) "Chromium" $(PYTEST) tests/chromium $(ARGS)

# Converse needs npm; without it, what is about Converse says so and fails.
peers: .venv/.dev
	@deploy/packages.sh prosody chromium profanity tmux
	@tests/peers/converse.sh
	@$(STEP) "Other clients" $(PYTEST) tests/peers $(ARGS)

ejabberd: .venv/.dev
	@deploy/packages.sh ejabberd
	@$(STEP) "ejabberd dialogues" $(BIN)/pytest -q --no-header tests/ejabberd $(ARGS)

bench: .venv/.dev
	@deploy/packages.sh prosody chromium
	@$(BIN)/python -m tests.bench $(ARGS)

screenshots: .venv/.dev
	@deploy/packages.sh prosody chromium
	@$(BIN)/python -m tests.lab.screenshots $(ARGS)

# ---- the environment: made once, brought up to date when a lock file changes

.venv/bin/python:
	@deploy/venv.sh

.venv/.runtime: requirements/runtime.txt | .venv/bin/python
	@echo "Installing what the site needs into .venv"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/bin/python
	@echo "Installing what the tests need into .venv"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ .venv/.runtime

# Versions stay as they are unless a name is new: make lock ARGS=--upgrade moves them.
lock: | .venv/bin/python
	@$(BIN)/pip install -qq --disable-pip-version-check uv
	@cd requirements && for name in runtime postgresql dev; do \
		../$(BIN)/uv pip compile --quiet --universal -p 3.11 --generate-hashes --no-annotate --no-header \
			--no-emit-index-url $(ARGS) $$name.in -o $$name.txt; \
	done

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find webchat tests migrations -name __pycache__ -prune -exec rm -rf {} +
