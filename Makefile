# Gridwalk (网格行). `make` alone prints this help.
.DEFAULT_GOAL := help
.PHONY: help run test prove bench check format contract lock setup client clean
SHELL := /bin/bash
PY := .venv/bin/python

help: ## what each command does
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## set everything up and serve the demo on http://127.0.0.1:8000 (PORT, HOST, DATA_DIR)
	@tools/setup.sh run
	@exec $(PY) -m tools.run

test: ## set everything up; run the checks, the quick tests and a sample of the long ones (at most 20 minutes)
	@tools/setup.sh test
	@exec $(PY) -m tools.tests test

prove: ## everything, long: seeds, kills, full histories (PART="long simulator" for a part); keeps its output in docs/proof/
	@tools/setup.sh test
	@exec $(PY) -m tools.tests prove $(PART)

bench: ## run the benchmarks, write bench/results.json
	@tools/setup.sh test
	@exec $(PY) -m bench

check: ## ruff, mypy, tsc, import rules of server and client
	@tools/setup.sh test
	@exec $(PY) -m tools.tests check

format: ## format the Python code
	@tools/setup.sh test
	@.venv/bin/ruff check -q --fix-only . ; .venv/bin/ruff format -q .

contract: ## write docs/openapi.json and static/src/api/contract.ts anew
	@tools/setup.sh test
	@tools/contract.sh

lock: ## compile requirements*.in and package.json into their lock files
	@tools/lock.sh

setup: ## only the set-up, tools of the tests included
	@tools/setup.sh test

client: ## build the client again at each change
	@tools/setup.sh run
	@exec node tools/build_client.mjs --watch

clean: ## remove what was built and installed; keeps data/
	rm -rf .venv node_modules static/dist build .make .mypy_cache .ruff_cache .hypothesis
