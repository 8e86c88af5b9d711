# Short names; the work is done by ./payung.
.DEFAULT_GOAL := help
STAMP := $(shell date -u +%Y-%m-%d-%H%M)
PYTHON := $(or $(PAYUNG_VENV),.venv)/bin/python
.PHONY: demo test bench bench-ktp train-intents lock migration first-migration help

demo: ## show everything on this machine, with invented people
	./payung demo

test: ## all checks and all tests, on SQLite and PostgreSQL
	./payung test

bench: ## durable turns per second, beside a bare webhook echo
	./payung bench

bench-ktp: ## how well KTP photos are read, beside other readers: make bench-ktp [n=1000]; writes docs/ktp-benchmark.*
	$(PYTHON) -m tests.bench.ktp --count $(or $(n),1000)

train-intents: ## weigh what people mean from the labelled sentences in tests/bot/understanding/data
	$(PYTHON) -m tests.bot.understanding.train

migration: ## a new revision from the tables: make migration m="add desil to application"
	$(PYTHON) -m models.migrations.make $(STAMP) "$(m)"

first-migration: ## write the first revision anew (only while nothing has landed)
	$(PYTHON) -m models.migrations.make --first

lock: ## both lock files, from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group build --generate-hashes --no-header --python-version 3.11 --universal -q -o requirements.txt
	uv pip compile pyproject.toml --group build --group dev -c requirements.txt --generate-hashes --no-header --python-version 3.11 --universal -q -o requirements-dev.txt

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20
