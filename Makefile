# Two commands matter: `make run` and `make test`. Each sets up what it needs.
PYTHON ?= python3
# One environment for each Python version, so that `make test PYTHON=python3.12` leaves the others alone.
VERSION := $(shell $(PYTHON) -c 'import sys; print("{}.{}".format(*sys.version_info[:2]))')
VENV := .venv/$(VERSION)
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help environment run test check lab bench bench-million lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

environment: $(READY) ## set up .venv/<python version> from requirements.lock

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; found " + sys.version.split()[0] + ". Name one: make environment PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: environment ## run every notebook on the seed reports (what is up to date is not run again)
	$(BIN)/analysis run

test: environment ## run the tests
	$(BIN)/python -m pytest --numprocesses 2

check: environment ## lint, format, and no outputs in notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/nbstripout --verify --keep-id --extra-keys "metadata.papermill cell.metadata.papermill metadata.language_info" notebooks/*.ipynb

lab: environment ## open JupyterLab in the notebooks folder
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks

# Peers live in an environment of their own, so that nothing of theirs reaches the package.
.venv/bench/.ready: benchmarks/requirements.txt
	$(PYTHON) -m venv --clear .venv/bench
	.venv/bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@touch $@

SIZE ?= 20000
bench: environment .venv/bench/.ready ## race the peers on synthetic news (SIZE=20000, some minutes; SIZE=100000, an hour)
	$(BIN)/python benchmarks/run.py --size $(SIZE)

bench-million: environment ## from text to clusters with 1,000,000 reports (needs 12 GB of memory)
	$(BIN)/python benchmarks/run.py --million

# Extras stay in the lock: without them pip takes the newest release of a package that another one asks for with an
# extra, and refuses it for want of a hash.
lock: ## write requirements.lock anew (needs a package index)
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv/lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras \
		--no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock pyproject.toml

clean: ## remove the environments and everything that was generated; data/raw and data/corrections.csv stay
	rm -rf .venv .coverage* .pytest_cache .ruff_cache data/manifest.json
	find data/tables figures runs -mindepth 1 -not -name README.md -not -path 'figures/gallery*' -delete
