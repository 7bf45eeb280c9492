# Every command that people and CI run. Bare `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.NOTPARALLEL:

BIN := .venv/bin
# One version makes the locks for everybody, so that they change only with what they lock.
UV := uv==0.13.8
# `make test WORKERS=8 ARGS="-k ledger"`
WORKERS ?= 2
ARGS ?=

# A version manager may put names on the path that fail when called, so each candidate is run, not looked up.
define FIND_PYTHON
for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; \
	python=; \
done; \
if [ -z "$$python" ]; then echo "==> no working Python 3.11 or newer; name one: make PYTHON=/path/to/python3" >&2; exit 1; fi
endef
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

# Version 2 where it is, else 1.29; both read the same file.
define FIND_COMPOSE
if docker compose version >/dev/null 2>&1; then compose="docker compose"; \
elif command -v docker-compose >/dev/null; then compose="docker-compose"; \
else echo "==> neither docker compose nor docker-compose is installed" >&2; exit 1; fi
endef
# Seconds that the services may take until they are well, once their images are built.
PATIENCE ?= 600

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# A .venv that works is brought up to date in place: somebody's tests may be running in it.
# The pip of Python 3.11 does not find the hash of what is asked for with extras (sqlalchemy[asyncio]), so nothing is
# asked for beyond the lines of the lock, which is whole; `pip check` says so.
.venv/.installed: requirements/dev.txt pyproject.toml
	@set -e; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		$(FIND_PYTHON); \
		echo "==> making .venv with $$("$$python" --version)"; \
		rm -rf .venv; \
		"$$python" -m venv .venv; \
	fi; \
	echo "==> installing what is locked"; \
	$(PIP) --no-deps --require-hashes --requirement requirements/dev.txt; \
	$(PIP) --no-deps --no-build-isolation --editable .; \
	broken=$$($(BIN)/python -m pip --disable-pip-version-check check) || { echo "$$broken" >&2; exit 1; }; \
	touch $@

.PHONY: run
run: .venv/.installed ## serve the demo shop, fetch it and build its gold
	@echo "==> running the demo shop"
	@$(BIN)/python -m demo_shop.run

# 1.29 cannot wait by itself. The services run as whoever made this clone, unless that is root.
.PHONY: up
up: ## build the images, start all services with the demo shop, wait until they are well
	@set -e; $(FIND_COMPOSE); \
	if [ ! -e .env ] && [ "$$(id -u)" -ne 0 ]; then \
		printf 'SALESLAKE_UID=%s\nSALESLAKE_GID=%s\n' "$$(id -u)" "$$(id -g)" > .env; \
	fi; \
	echo "==> building the images"; $$compose build --quiet; \
	echo "==> starting the services"; $$compose up --detach --remove-orphans; \
	echo "==> waiting until they are well"; \
	until=$$((SECONDS + $(PATIENCE))); \
	while :; do \
		unwell="$$(docker inspect --format \
			'{{.Name}} {{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}} {{.State.ExitCode}}{{end}}' \
			$$($$compose ps --quiet) | grep --invert-match --extended-regexp ' (healthy|exited 0)$$' || true)"; \
		if [ -z "$$unwell" ]; then break; fi; \
		if [ "$$SECONDS" -gt "$$until" ]; then \
			printf '==> not well after $(PATIENCE) s:\n%s\n' "$$unwell" >&2; $$compose logs --tail 20 >&2; exit 1; \
		fi; \
		sleep 2; \
	done; \
	printf '==> %-10s http://%s\n' \
		"Prefect" "$$($$compose port prefect 4200)" \
		"gold" "$$($$compose port gold 8081)" \
		"demo shop" "$$($$compose port demo-shop 8080)"

.PHONY: down
down: ## stop and remove the services; ./lake and Prefect's memory stay
	@set -e; $(FIND_COMPOSE); echo "==> stopping the services"; $$compose down --remove-orphans

.PHONY: test
test: .venv/.installed ## run every test that is not slow
	@echo "==> testing"
	@$(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) -m "not slow" $(ARGS)

# pytest calls it a failure (5) when nothing is marked; an empty kind of test is none here. Files are not torn apart: what
# a file's tests share (a lake of all companies, a Prefect server) is dear. In the order of files, or those with one long
# test would come last, one after the other.
.PHONY: test-slow
test-slow: .venv/.installed ## run the slow tests, and properties with many examples
	@echo "==> testing, the slow ones"
	@found=0; $(BIN)/python -m pytest --quiet --collect-only -m slow $(ARGS) >/dev/null 2>&1 || found=$$?; \
	if [ "$$found" -eq 5 ]; then echo "==> no test is marked slow"; \
	else $(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder -m slow $(ARGS); fi
	@echo "==> testing properties, thoroughly"
	@HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) -m "not slow" tests/property

.PHONY: check
check: .venv/.installed ## lint, types and test; all of them run, every failure is named
	@failed=; \
	for target in lint types test; do $(MAKE) --no-print-directory $$target || failed="$$failed $$target"; done; \
	if [ -n "$$failed" ]; then echo "==> failed:$$failed" >&2; exit 1; fi; \
	echo "==> lint, types and tests are well"

.PHONY: lint
lint: .venv/.installed ## check style, format and the direction of imports
	@echo "==> linting"
	@failed=0; \
	$(BIN)/ruff check --quiet . || failed=1; \
	$(BIN)/ruff format --quiet --diff . || failed=1; \
	$(BIN)/lint-imports --no-logo || failed=1; \
	exit $$failed

.PHONY: types
types: .venv/.installed ## check types, strictly
	@echo "==> checking types"
	@$(BIN)/mypy --no-error-summary

.PHONY: format
format: .venv/.installed ## format the code and mend what can be mended
	@echo "==> formatting"
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

# Beside it first: what fails leaves the old one.
.PHONY: dictionary
dictionary: .venv/.installed ## write docs/data-dictionary.md from the contracts of gold
	@echo "==> writing docs/data-dictionary.md"
	@$(BIN)/python -m saleslake_processor.why.dictionary > docs/data-dictionary.md.part
	@mv docs/data-dictionary.md.part docs/data-dictionary.md

.PHONY: bench
bench: .venv/.installed ## measure against other ways to do the same work, as ratios
	@echo "==> measuring"
	@$(BIN)/python tests/bench/run.py $(ARGS)

# The images' locks are cut out of the development lock, so that what is tested is what is shipped.
.PHONY: lock
lock: .venv/.installed ## remake requirements/*.txt (UPGRADE=1 takes the newest versions)
	@echo "==> locking"
	@$(PIP) "$(UV)"
	@compile="$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url"; \
	export UV_CUSTOM_COMPILE_COMMAND="make lock"; \
	set -e; \
	$$compile $(if $(UPGRADE),--upgrade) --all-extras --output-file requirements/dev.txt; \
	for image in scraper processor; do \
		$$compile --extra $$image --constraint requirements/dev.txt --output-file requirements/$$image.txt; \
	done

.PHONY: clean
clean: ## remove .venv, builds and caches; a lake is never touched
	@echo "==> cleaning"
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@for room in shared services flows examples sources tests; do \
		[ ! -d $$room ] || find $$room -name __pycache__ -type d -prune -exec rm -rf {} +; \
	done
