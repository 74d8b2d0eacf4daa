# Every command of a working day. `make help` lists them.
# Paths are relative on purpose: the folder may have any name, blanks included.

PORT ?= 8000
WORKERS ?= 4
BIN := .venv/bin

.DEFAULT_GOAL := check
.PHONY: check lint setup demo test requirements bench walls abuse faults pages format lock vendor clean help

check: lint ## what lint does, and the fast tests
	$(BIN)/pytest -q -m "not slow and not browser and not database"

lint: setup ## format check, lint, types, import contracts
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/basedpyright --warnings
	$(BIN)/lint-imports --no-cache

setup: ## the virtual environment, from requirements.dev.lock (PYTHON=... picks the interpreter)
	@PYTHON="$(PYTHON)" sh .ci/setup

demo: setup ## the demonstration town on PORT (8000)
	@exec $(BIN)/townbridge demo --port $(PORT)

test: setup ## the whole suite, browser journeys included, in WORKERS (4) processes
	@sh .ci/chromium
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

requirements: setup ## what proves the security requirements, at full size
	TOWNBRIDGE_TEST_REQUIREMENTS=full $(BIN)/pytest -q -m "requirement and not browser"

bench: setup ## ratios to floors and peers (ONLY=A one letter, ROUNDS=3 fewer rounds, SMALL=1 a quick look)
	@ROUNDS="$(ROUNDS)" $(BIN)/python -m tests.bench $(if $(SMALL),--small) $(ONLY)

walls: setup ## every address as everybody at full size, and each wall alone; prints one table
	TOWNBRIDGE_TEST_WALLS=full $(BIN)/pytest -q tests/walls

abuse: setup ## the abuse set at full size: hostile files and texts, a roster of 100,000, everything that an attacker sends
	TOWNBRIDGE_TEST_ABUSE=full $(BIN)/pytest -q -rP tests/abuse tests/contract/test_openapi.py

faults: setup ## break everything on purpose, as often as it takes (an hour), and one table of what it cost
	TOWNBRIDGE_TEST_FAULTS=full $(BIN)/pytest -q tests/faults tests/core/kernel/test_runner.py tests/core/kernel/test_schedule.py

pages: setup ## every page at every width, light and dark, in both languages, with axe; pictures in .artefacts
	@sh .ci/chromium
	TOWNBRIDGE_TEST_PAGES=full $(BIN)/pytest -q -rP -n $(WORKERS) tests/journeys/test_every_page.py tests/journeys/test_weight.py

format: setup ## rewrite the source in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## resolve pyproject.toml into the two lock files again (UPGRADE=1 takes the newest)
	@UPGRADE="$(UPGRADE)" sh .ci/lock

vendor: setup ## fetch the browser files named in the vendor manifest again, and check their hashes
	$(BIN)/python .ci/vendor.py

clean: ## throw the virtual environment and the caches away
	rm -rf .venv .artefacts .pytest_cache .ruff_cache .hypothesis build dist townbridge.egg-info

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-13s %s\n' "$$name" "$$text"; done
