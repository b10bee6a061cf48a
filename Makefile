# `make` alone lists what can be made. Everything runs in .venv; nothing outside the checkout is changed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
export PYTHONPATH := include:plugins
RUN := .venv/bin/python

# The first of these that is Python 3.11 to 3.13 with pip. `make venv PYTHON=/path/to/python` overrides the search.
PYTHON := python3.11 python3.12 python3.13 python3 python
SUITABLE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: venv
venv: .venv/.installed ## install the pinned requirements into .venv (a minute or three the first time)

.PHONY: demo
demo: .venv/.installed ## from sample concerts to published posts, on real Airflow, with look-alike platforms
	@$(RUN) -m encore_airflow demo

.PHONY: up
up: .venv/.installed ## start Encore on this machine and stay until Ctrl-C
	@$(RUN) -m encore_airflow up

IN_PARALLEL := -n logical --maxprocesses 4

.PHONY: test
test: .venv/.installed ## run the tests that need no running stack (some eight minutes on two cores)
	$(RUN) -m pytest -q -m "not slow and not live" $(IN_PARALLEL)

.PHONY: slow
slow: .venv/.installed ## run what `make test` leaves out because it takes long: every combination, longer stories
	$(RUN) -m pytest -q -m "slow and not live" $(IN_PARALLEL)

.PHONY: live
live: .venv/.installed ## run what staff, ops and a teacher do on the running stack
	$(RUN) -m pytest -q -m "live and not wake" tests/live

.PHONY: browser
browser: .venv/.installed ## go through the teacher's pages and Airflow's in a real Chromium (needs one: apt-get install chromium)
	$(RUN) -m pytest -q tests/browser

.PHONY: wake
wake: .venv/.installed ## measure how soon drafts and posts come on an idle stack, and what an outage costs them (a quarter of an hour)
	$(RUN) -m pytest -q -s -m wake tests/live

# Its modules are imported as `crash`, from tests.
CRASH := PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m crash

.PHONY: crash
crash: .venv/.installed ## hit the publisher at every statement and request, on every route, under every fault (an hour)
	$(CRASH)
	$(CRASH) --pairs 2000
	$(CRASH) --groups
	$(CRASH) --breakages
	$(RUN) -m pytest -q tests/crash/test_races.py tests/crash/test_sequences.py --hypothesis-profile=thorough

.PHONY: crash-short
crash-short: .venv/.installed ## a sample of `make crash` in which every kind of moment, route, fault and takeover occurs
	$(CRASH) --short
	$(CRASH) --pairs 40
	$(CRASH) --groups --short

.PHONY: chaos
chaos: .venv/.installed ## publish 300 posts while the stack's parts are killed, three times (half an hour)
	PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m chaos

.PHONY: outage
outage: .venv/.installed ## one platform down for an hour, in compressed time, with 210 accounts (five minutes)
	PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m outage

.PHONY: bench
bench: .venv/.installed ## measure lateness, a rush and processor time beside their yardsticks (an hour and a half, machine to itself)
	@PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m bench $(OPTIONS)

.PHONY: bench-docs
bench-docs: .venv/.installed ## bring the figures and pictures of the last `make bench` into the documentation
	@PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m bench --document

.PHONY: bench-api
bench-api: .venv/.installed ## time the API's reads with 100,000 jobs in the table
	@PYTHONPATH=include:plugins:tests $(RUN) tests/bench/api_reads.py

.PHONY: bench-scale
bench-scale: .venv/.installed ## time the claim, and what people look at, with a million finished posts in the table
	@PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m bench.scale $(OPTIONS)

.PHONY: bench-retention
bench-retention: .venv/.installed ## time claims while a million old rows are removed
	@PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m bench.retention $(OPTIONS)

.PHONY: gallery
gallery: .venv/.installed ## draw the gallery of flyers in the documentation again, to be looked at
	@PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m gallery

.PHONY: texts
texts: .venv/.installed ## write the templates' texts of hard concerts in every language and voice, to be read aloud
	@PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m gallery.texts .run/texts.md

.PHONY: words
words: .venv/.installed ## bring new sentences into each language's file, to be translated (BEGIN=fr begins another language)
	@PYTHONPATH=$(PYTHONPATH) $(RUN) tests/words/refresh.py $(BEGIN)

.PHONY: bench-pages
bench-pages: .venv/.installed ## time the teacher's pages with 1,000 campaigns
	@PYTHONPATH=include:plugins:tests $(RUN) tests/bench/pages.py

.PHONY: stubs
stubs: .venv/.installed ## write down again what the statements take and give, for the type checker
	@PYTHONPATH=$(PYTHONPATH):tests $(RUN) -m stubs

.PHONY: lint
lint: .venv/.installed ## check style, types and who imports whom
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	@.venv/bin/ty check
	@.venv/bin/lint-imports --no-cache --no-logo

.PHONY: lock
lock: .venv/bin/python ## make the lock again after an edit of requirements.txt
	@set -e; tool=$$(mktemp -d); trap 'rm -rf "$$tool"' EXIT; \
	$(RUN) -m venv "$$tool"; \
	"$$tool/bin/pip" install --quiet --disable-pip-version-check uv; \
	grep -v '^-c' requirements.txt | "$$tool/bin/uv" pip compile --quiet - --universal --python-version 3.11 \
	    --custom-compile-command "make lock" --no-annotate --no-emit-index-url --no-emit-find-links --output-file .requirements.lock >/dev/null; \
	echo "Locked $$(grep -c '==' .requirements.lock) packages."

.PHONY: lock-check
lock-check: .venv/.installed ## check that the lock fits requirements.txt (no network)
	$(RUN) -m pytest -q tests/setup/test_requirements.py

.PHONY: clean
clean: ## remove what runs have left (.run with all its data, caches); .venv stays
	@if [ -s .run/lock ] && kill -0 "$$(cat .run/lock)" 2>/dev/null; then \
	    echo "A stack is running here (process $$(cat .run/lock)); end it first." >&2; exit 2; fi
	@rm -rf .run .pytest_cache .ruff_cache .hypothesis
	@find dags include plugins tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# A second call finds the stamp and does nothing.
.venv/.installed: requirements.txt .requirements.lock | .venv/bin/python
	@set -e; began=$$(date +%s); \
	if ! $(RUN) -c '$(SUITABLE)'; then \
	    echo "The .venv here was made by another Python ($$($(RUN) --version)); remove it, then try again." >&2; exit 2; fi; \
	$(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip >/dev/null; \
	echo "Installing $$(grep -c '==' .requirements.lock) packages into .venv, a minute or three the first time"; \
	$(RUN) -m pip install --disable-pip-version-check --no-input --compile -r requirements.txt; \
	touch $@; echo "Installed in $$(( $$(date +%s) - began )) s"

.venv/bin/python:
	@set -e; found=; \
	for name in $(PYTHON); do \
	    if "$$name" -c '$(SUITABLE)' 2>/dev/null; then found=$$name; break; fi; done; \
	if [ -z "$$found" ]; then \
	    echo "Encore needs Python 3.11, 3.12 or 3.13 with its venv module; none of $(PYTHON) is one." >&2; exit 2; fi; \
	echo "Making .venv with $$("$$found" --version)"; "$$found" -m venv --clear .venv
