# Linli: everything one does with it. `make` alone lists the targets.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
FLASK := $(BIN)/flask --app wsgi
VAR := $(if $(LINLI_VAR_DIR),$(LINLI_VAR_DIR),var)

# For `make run`: where to listen, and what an empty database begins with.
HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= 1
SETUP ?=

TRANSLATIONS := portal/translations
PO := $(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)

.DEFAULT_GOAL := help
.PHONY: help install install-test run work test lint train evaluate bench translations chromium

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Install the pinned dependencies into .venv, if they changed, and compile the translations
	@$(call install_from,requirements.txt,.installed)
	@$(MAKE) -s --no-print-directory $(MO)

install-test: install
	@$(call install_from,requirements.txt requirements-test.txt,.installed-test)

# $(1) the lock files, the last one installed; $(2) the stamp, the digest of what was installed.
define install_from
	stamp=$$({ $(PYTHON) --version; cat $(1); } | sha256sum | cut -d' ' -f1); \
	if [ ! -x $(BIN)/python ] || [ "$$(cat $(VENV)/$(2) 2>/dev/null)" != "$$stamp" ]; then \
	  set -e; \
	  echo "Installing from $(lastword $(1)) ..."; \
	  [ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV); \
	  $(BIN)/pip install --quiet --disable-pip-version-check -r $(lastword $(1)); \
	  echo "$$stamp" > $(VENV)/$(2); \
	fi
endef

run: install ## Prepare what is missing and serve on http://HOST:PORT (DEMO=0 SETUP=my.toml for your own)
	@HOST="$(HOST)" PORT="$(PORT)" DEMO="$(DEMO)" SETUP="$(SETUP)" PREPARE=1 exec $(BIN)/python -P portal/serve.py

work: install ## Run one more worker (make run has one beside it)
	@exec $(FLASK) work

test: install-test chromium ## Run all checks and tests, on SQLite and PostgreSQL, and in Chromium
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n 2 $(shell command -v chromium >/dev/null || echo '-m "not browser"')

lint: install-test ## Check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: install ## Train the classifier from corpus and corrections; use it if it is worse in nothing
	@$(FLASK) model train

evaluate: install ## Measure the classifier: make evaluate DATA="file.csv" TEXT=title,body LABEL=label MAP=map.csv
	@$(if $(DATA),,echo 'Say on which labelled messages: make evaluate DATA="file.csv" TEXT=title,body LABEL=label'; exit 2)
	$(BIN)/python -m classifier evaluate --model $(VAR)/model --data $(DATA) \
	  $(if $(TEXT),--text $(TEXT)) $(if $(LABEL),--label $(LABEL)) $(if $(MAP),--map $(MAP))

bench: install-test ## Measure speed and memory beside a bare application
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.desk_keys
	$(BIN)/python -m tests.bench.desk
	$(BIN)/python -m tests.classifier.speed

translations: install ## Collect the strings, bring the catalogues up to date, compile them
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -c "For translators:" --project=Linli \
	  --sort-by-file --no-location --no-wrap -o $(VAR)/messages.pot portal templates
	$(BIN)/pybabel -q update -i $(VAR)/messages.pot -d $(TRANSLATIONS) \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	$(BIN)/pybabel -q compile -d $(TRANSLATIONS)

%.mo: %.po
	@$(BIN)/pybabel -q compile -i $< -o $@

# Browser tests need Chromium and a font that has Chinese.
chromium:
	@command -v chromium >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ]; then \
	  echo "Installing Chromium ..."; \
	  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	fi; \
	command -v chromium >/dev/null && exit 0; \
	echo "==================================================================="; \
	echo " Chromium is missing: the browser tests are LEFT OUT."; \
	echo " Install it with:  sudo apt-get install -y chromium fonts-noto-cjk"; \
	echo "==================================================================="; \
	[ "$$CI" != true ]

include static/build.mk
