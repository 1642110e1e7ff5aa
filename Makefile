# Each target works on a fresh machine with Python 3.11+ and make: it sets up its own .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Kept, even where the environment says otherwise: the processes that tests start would compile everything each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check lint format types coverage campaign cuts kills fleet-kills quoter-kills interrupts exchanges bots outside bench bench-check clean

demo: $(READY)
	$(BIN)/hk-adapter demo

# One worker more than there are cores, up to nine, for some tests wait for processes of theirs; a test that fails names
# itself and its seed whichever process ran it.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(8, os.cpu_count() or 1) + 1)')
test: $(READY)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

check: lint types test

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)
	$(BIN)/mypy

# Every branch of what decides about a cancel: resolver, classification, rate budget.
coverage: $(READY)
	$(BIN)/python -m pytest -q --cov=hk_adapter --cov-config=tests/cancel/coverage.ini \
		tests/cancel tests/looks tests/orders tests/budget tests/wrappers tests/clock tests/parsing tests/conformance/skerry tests/registry/test_what_a_venue_says.py \
		tests/venues/hashkey/test_codes.py tests/streams/test_cancels_listen.py \
		tests/journal/test_meant.py tests/journal/test_recover.py \
		tests/journal/test_whose_order.py tests/journal/test_failing_file.py tests/ccxt_bridge/test_cancels_first.py \
		tests/fleet/test_lists_that_break_off.py tests/fleet/test_known_orders.py

# A hunt for a wrong word about a cancel; make campaign CANCELS=1000000 takes minutes.
CANCELS ?= 20000
SEED ?= 1
campaign: $(READY)
	$(BIN)/hk-adapter campaign --cancels $(CANCELS) --seed $(SEED) --jobs 2

# The connection cut at every byte of request and answer; takes a quarter of an hour.
cuts: $(READY)
	HK_ADAPTER_TEST_CUTS=all $(BIN)/python -m pytest -q tests/sockets

# kill -9 at random moments of journalled cancels; make test does 30.
KILLS ?= 10000
kills: $(READY)
	HK_ADAPTER_TEST_KILLS=$(KILLS) $(BIN)/python -m pytest -q tests/journal/test_kills.py

# kill -9 of a bot, of its watchdog, of their Redis, each so often at random moments; make test does one of each.
FLEET_KILLS ?= 100
fleet-kills: $(READY)
	HK_ADAPTER_TEST_FLEET_KILLS=$(FLEET_KILLS) $(BIN)/python -m pytest -q tests/fleet/test_kills.py

# kill -9 at random moments of the example quoter; make test does a few.
QUOTER_KILLS ?= 20
quoter-kills: $(READY)
	HK_ADAPTER_TEST_QUOTER_KILLS=$(QUOTER_KILLS) $(BIN)/python -m pytest -q tests/examples/test_quoter_killed.py

# Ctrl-C at each line that a call executes, the first and the last time; LINES=all at every time. make test takes those of one cancel, and a few of each other call.
LINES ?= lines
interrupts: $(READY)
	HK_ADAPTER_TEST_INTERRUPTS=$(LINES) $(BIN)/python -m pytest -q -rP tests/interrupts/test_every_line.py

# Every exchange of ccxt's, driven through the bridge beside plain ccxt; make test does twelve.
exchanges: $(READY)
	HK_ADAPTER_TEST_EXCHANGES=all $(BIN)/python -m pytest -q tests/ccxt_bridge/driven tests/ccxt_bridge/test_acknowledgements.py tests/ccxt_bridge/test_ids_that_are_numbers.py tests/ccxt_bridge/test_refusals.py tests/ccxt_bridge/test_sandboxes.py tests/ccxt_bridge/test_terms_in_params.py

# Bots as their registry ships them, each in an environment of its own; make bots BOTS="freqtrade lumibot octobot".
BOTS ?= freqtrade
bots: $(READY)
	$(BIN)/nox -s $(BOTS)

# What strangers do with the wheel alone: test a bot without a network, and begin a plugin.
outside: $(READY)
	$(BIN)/nox -s outside

# Beside ccxt and the least that can be, in turns within one run; python -m benchmarks sign parse measures these alone.
bench: $(READY)
	$(BIN)/python -m benchmarks

# Exits 1 and names each row that falls behind its target.
bench-check: $(READY)
	$(BIN)/python -m benchmarks --check

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

# pip 25.1 is the first that installs a dependency group.
$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[ccxt,cli,ed25519,testing]' --group dev
	touch $@
