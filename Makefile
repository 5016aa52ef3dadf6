# Everything a person does with this checkout. `make up` and `make test` are all one needs.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
LIBS   := $(wildcard libs/*/src)
OURS   := $(LIBS) $(wildcard services/*/src)

.DEFAULT_GOAL := help
.PHONY: help up down logs status test lint fmt lock

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /	/' | expand -t 16

$(VENV)/.ready: requirements/all.txt
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing: apt-get install python3 python3-venv (or brew install python)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Fitmesh needs Python 3.11 or newer; set PYTHON=python3.12 or the like"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	@echo "installing the Python environment (once) ..."
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	@$(RUN) -c 'import pathlib, sys, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "fitmesh.pth").write_text("".join(f"{pathlib.Path(p).resolve()}\n" for p in sys.argv[1:]))' $(OURS)
	@touch $@

up: $(VENV)/.ready ## run the whole product; Ctrl-C stops it
	@exec $(RUN) -m local up

down: $(VENV)/.ready ## stop what `make up` started
	@$(RUN) -m local down

logs: $(VENV)/.ready ## follow the logs of all services
	@exec $(RUN) -m local logs

status: $(VENV)/.ready ## what runs, and how much memory it takes
	@$(RUN) -m local status
