# `make run` for a look, `make test` before a commit. On a fresh Debian: python3.11 (or newer) and make are enough.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# What `make check` runs, by name.
CHECKS := check-mypy check-djlint check-format check-ruff check-floors
mypy := mypy --no-error-summary
djlint := djlint templates --check --lint --quiet
format := ruff format --check --quiet --diff .
ruff := ruff check --quiet .
floors := lint-imports --no-cache

.PHONY: sbom help run test packages check $(CHECKS) unit dialogues prosody chromium peers ejabberd containers bench attack screenshots lock clean

BIN := .venv/bin
STEP := deploy/step.sh
# A run of one part: make chromium ARGS="-k tabs"
ARGS ?=
COMPOSE ?= docker compose
# Each worker has a server, a site and a browser of its own; whoever is done first helps the others. A browser
# waits more than it works, so there is one worker more than the two cores of a small machine.
WORKERS ?= 2
BROWSERS ?= 3
# With the community modules that pictures of rooms and moderation need.
PROSODY := prosody prosody-modules
PYTEST := $(BIN)/pytest -q --no-header --dist worksteal
# What Python has read once is kept for the many processes of a run, whatever is set elsewhere.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make run          the site with a demo XMPP server on this machine"
	@echo "make test         every check and test (what the CI runs)"
	@echo "make check        formatting, linters, types and floors only"
	@echo "make unit         the tests without server and browser, on both databases"
	@echo "make prosody      the dialogues with a real XMPP server"
	@echo "make chromium     two people in a real browser"
	@echo "make dialogues    both of these at once"
	@echo "make ejabberd     rooms, chats and posts with another XMPP server, and between both"
	@echo "make peers        our pages and other people's clients"
	@echo "make containers   build and start the containers, log in, restart, back up, restore (COMPOSE=\"docker compose\")"
	@echo "make bench        measure, against the figures of docs/performance.md"
	@echo "make attack       floods, storms and long texts, and what others feel of them (docs/security.md)"
	@echo "make screenshots  draw docs/screenshot-*.png anew"
	@echo "make sbom         write sbom.cdx.json: every package and file of others in it, with hashes (CycloneDX)"
	@echo "make lock         pin the requirements of requirements/*.in anew, with hashes"
	@echo "make clean        remove the environment and what tools left behind"

# ---- what people use

run: .venv/.runtime
	@deploy/packages.sh $(PROSODY) || deploy/packages.sh prosody || true
	@exec $(BIN)/python -m webchat demo $(ARGS)

# One after the other: each of them fills two cores by itself, and all at once they took no less.
test:
	@$(MAKE) -s -j 2 .venv/.dev packages
	@$(BIN)/python -m compileall -q webchat
	@$(STEP) "all of it" $(MAKE) -k check unit dialogues ARGS=

packages:
	@deploy/packages.sh $(PROSODY) postgresql w3m nginx
	@deploy/browser.sh

# Two at a time, the longest first.
check: .venv/.dev
	@$(MAKE) -k -j 2 --output-sync=target $(CHECKS)

$(CHECKS): check-%:
	@$(STEP) "$*" $(BIN)/$($*)

unit: .venv/.dev
	@deploy/packages.sh postgresql
	@deploy/packages.sh nginx || true
	@deploy/packages.sh caddy || echo "Without Caddy its samples in deploy/caddy are left out of the tests."
	@$(STEP) "unit tests" $(BIN)/python -m tests.lab.postgresql $(PYTEST) -n $(WORKERS) \
		--ignore=tests/prosody --ignore=tests/chromium --ignore=tests/peers --ignore=tests/ejabberd $(ARGS)

prosody: .venv/.dev
	@deploy/packages.sh $(PROSODY)
	@$(STEP) "Prosody dialogues" $(PYTEST) -n $(WORKERS) tests/prosody $(ARGS)

chromium: .venv/.dev
	@deploy/packages.sh $(PROSODY) w3m
	@deploy/browser.sh
	@$(STEP) "Chromium" $(PYTEST) -n $(BROWSERS) tests/chromium $(ARGS)

# Both at once: while a browser waits, a dialogue goes on.
dialogues: .venv/.dev
	@deploy/packages.sh $(PROSODY) w3m
	@deploy/browser.sh
	@$(STEP) "server, browser" $(PYTEST) -n $(BROWSERS) tests/prosody tests/chromium $(ARGS)

# Converse needs npm; without it, what is about Converse says so and fails.
peers: .venv/.dev
	@deploy/packages.sh $(PROSODY) profanity tmux gajim xvfb dbus
	@deploy/browser.sh
	@tests/peers/converse.sh
	@$(STEP) "Other clients" $(PYTEST) -n $(WORKERS) tests/peers $(ARGS)

ejabberd: .venv/.dev
	@deploy/packages.sh ejabberd $(PROSODY)
	@deploy/browser.sh
	@$(STEP) "ejabberd dialogues" $(BIN)/pytest -q --no-header tests/ejabberd $(ARGS)

# COMPOSE is what stands for `docker compose` on this machine.
containers: .venv/.runtime
	@$(STEP) "containers" $(BIN)/python -m tests.containers $(COMPOSE)

bench: .venv/.dev
	@deploy/packages.sh $(PROSODY)
	@deploy/browser.sh
	@$(BIN)/python -m tests.bench $(ARGS)

attack: .venv/.dev
	@$(BIN)/python -m tests.attack $(ARGS)

sbom: .venv/.dev
	@$(BIN)/python -m tests.house.sbom sbom.cdx.json

screenshots: .venv/.dev
	@deploy/packages.sh $(PROSODY)
	@deploy/browser.sh
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
