# Everything a person does with this checkout; `make up` and `make test` are all one needs.
PYTHON  ?= python3
VENV    := .venv
CHECKOV := .venv/checkov
RUN     := $(VENV)/bin/python
SOURCES := $(wildcard libs/*/src) $(wildcard services/*/src)
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help up down logs status test test-long test-charts test-cluster lint fmt contracts lock charts-docs images sbom bench clean

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /	/' | expand -t 16

$(VENV)/.ready: requirements/all.txt requirements/samples.txt $(wildcard services/*/pyproject.toml)
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing: apt-get install python3 python3-venv (or brew install python)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Fitmesh needs Python 3.11 or newer: set PYTHON=python3.12 or the like"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "venv is missing: apt-get install python3-venv"; exit 1; }
	@echo "installing the Python environment (once) ..."
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/samples.txt
	@$(RUN) -c 'import pathlib, sys, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "fitmesh.pth").write_text("".join(f"{pathlib.Path(p).resolve()}\n" for p in sys.argv[1:]))' $(SOURCES)
	@touch $@

up: $(VENV)/.ready ## run the whole product; Ctrl-C stops it
	@exec $(RUN) -m local up

down: $(VENV)/.ready ## stop what `make up` started
	@$(RUN) -m local down

logs: $(VENV)/.ready ## follow the logs of all services
	@exec $(RUN) -m local logs

status: $(VENV)/.ready ## what runs, and how much memory it takes
	@$(RUN) -m local status

test: $(VENV)/.ready ## every test but the long ones, each process on its own PostgreSQL and RabbitMQ
	@$(RUN) -m pytest -n $(WORKERS) --dist loadgroup -m "not long and not alone" --ignore tests/cluster
	@$(RUN) -m pytest -q -m "alone and not long" --ignore tests/cluster

test-long: $(VENV)/.ready ## the faults again, with 5,000 writes
	@$(RUN) -m pytest -m long

test-charts: $(VENV)/.ready ## the charts, rendered
	@$(RUN) -m pytest tests/charts

test-cluster: $(VENV)/.ready ## the charts, on the Kubernetes that KUBECONFIG names
	@$(RUN) -m pytest -s tests/cluster

lint: $(VENV)/.ready $(CHECKOV)/.ready ## style, types, boundaries, drift of generated files, charts, rules, the image's recipe
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy $(SOURCES)
	@$(VENV)/bin/lint-imports --no-cache
	@$(RUN) -m contracts.asyncapi check
	@$(RUN) -m contracts.protos check
	@$(RUN) -m chassis.openapi check
	@$(RUN) -m pytest -q -m lint tests/charts
	@$(RUN) -m tests.charts .local/rendered
	@$(CHECKOV)/bin/checkov --config-file k8s/checkov.yaml -d .local/rendered

$(CHECKOV)/.ready: requirements/checkov.txt | $(VENV)/.ready
	@$(PYTHON) -m venv $(CHECKOV)
	@$(CHECKOV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/checkov.txt
	@touch $@

fmt: $(VENV)/.ready ## mend what a program can mend
	@$(RUN) -m ruff check --fix-only -q .
	@$(RUN) -m ruff format -q .

contracts: $(VENV)/.ready ## write the generated documents and stubs again
	@$(RUN) -m contracts.protos write
	@$(RUN) -m contracts.asyncapi write
	@$(RUN) -m chassis.openapi write
	@$(RUN) -m testkit.schema write >/dev/null

LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
OURS := $(foreach part,$(notdir $(wildcard libs/*) $(wildcard services/*)),--no-emit-package fitmesh-$(part))
lock: $(VENV)/.ready ## lock the requirements again
	@echo 'checkov>=3.3,<4' | $(VENV)/bin/$(LOCK) - -o requirements/checkov.txt
	@$(VENV)/bin/$(LOCK) k8s/object-store/requirements.in -o k8s/object-store/requirements.txt
	@$(VENV)/bin/$(LOCK) libs/*/pyproject.toml services/*/pyproject.toml --group dev $(OURS) -o requirements/all.txt
	@for service in $(notdir $(wildcard services/*)); do \
		test -e services/$$service/pyproject.toml || continue; \
		$(VENV)/bin/$(LOCK) services/$$service/pyproject.toml -c requirements/all.txt $(OURS) -o requirements/$$service.txt; \
	done
	@$(VENV)/bin/$(LOCK) requirements/rivals.in -c requirements/all.txt -o requirements/rivals.txt

charts-docs: $(VENV)/.ready ## write schemas and pages of the charts, and skaffold.yaml
	@$(RUN) charts/generate.py

IMAGES := $(patsubst services/%/pyproject.toml,%,$(wildcard services/*/pyproject.toml))
images: ## build every image with docker
	@for s in $(IMAGES); do docker build -q -t fitmesh/$$s:$(or $(TAG),0.1.0) -f services/Dockerfile --build-arg SERVICE=$$s . || exit 1; done

sbom: ## write a CycloneDX file for each image below .local/sbom
	@mkdir -p .local/sbom
	@for s in $(IMAGES); do $(PYTHON) k8s/sbom.py $$s > .local/sbom/$$s.cdx.json || exit 1; done

bench: $(VENV)/.ready ## the speed tables of the README; takes minutes
	@$(RUN) -m benchmarks

clean: down ## forget the data and the environment
	@rm -rf .local $(VENV)
