# `make` alone lists what there is. Everything is installed in .venv, from the locks in requirements/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BUILD := build
UV := uv==0.13.9
WORKERS ?= auto
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

# A user's pip may be set up for an index or a proxy of its own: that stays. These would put packages elsewhere.
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIRE_HASHES PIP_NO_DEPS PYTHONHOME PYTHONPATH

EXAMPLE := examples/data-pipeline
STATES := examples/states/data-pipeline
CONSOLIDATE := $(BIN)/tfhoist consolidate $(EXAMPLE) --central examples/hokusai-infrastructure \
	--state development=$(STATES)/development.tfstate \
	--state staging=$(STATES)/staging.tfstate \
	--state production=$(STATES)/production.tfstate

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo examples test simulator golden reference docs check format bench mutants plans faults lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## Consolidate the example into build/demo
	@$(CONSOLIDATE) --out $(BUILD)/demo --force

examples: $(VENV)/.runtime ## Write examples/consolidated again
	@$(CONSOLIDATE) --out examples/consolidated --force

test: $(VENV)/.development ## Run the tests (PYTEST="-k name" narrows them)
	@$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST)

simulator: $(VENV)/.development ## Set up the simulated providers for the tests (npm; the tests do it too)
	@$(BIN)/python -m tests.simulator.preparation

PLACEMENTS ?= 2000
SEED ?= 3

placements: $(VENV)/.development ## Try random placements of random roots, and some with Terraform (PLACEMENTS=n SEED=n)
	@TFHOIST_PLACEMENTS=$(PLACEMENTS) TFHOIST_SEED=$(SEED) TFHOIST_APPLIED=$$(( $(PLACEMENTS) / 40 )) \
		$(BIN)/python -m pytest -n $(WORKERS) tests/properties

golden: $(VENV)/.development ## Write the tests' golden files again; read the diff before you commit it
	@$(BIN)/python -m pytest -n $(WORKERS) --update-golden $(PYTEST)
	@git status --short tests/golden

check: $(VENV)/.development ## Lint, formatting, types and the direction of imports
	@$(BIN)/ruff check --quiet --output-format concise
	@$(BIN)/ruff format --check --quiet || { echo "some files are not formatted: run make format"; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.development ## Format the code, and fix what ruff can fix
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

reference: $(VENV)/.development ## Write the pages that are made from the code again (a test says when they're stale)
	@$(BIN)/python -m tools.reference

docs: $(VENV)/.development ## Build the documentation into build/site; a dead link is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

bench: $(VENV)/.development ## Measure speed: against python-hcl2, by stage, as a root grows (BENCH="--only parsing --quick")
	@$(BIN)/python -m tools.bench $(BENCH)

mutants: $(VENV)/.development ## Break results on purpose and prove each (MUTANTS="--seed 7 --count 3000 --kind output")
	@$(BIN)/python -m tools.mutants $(MUTANTS)

plans: $(VENV)/.development ## Break results on purpose and have Terraform plan each (PLANS="--seed 7 --count 200")
	@$(BIN)/python -m tools.plans $(PLANS)

faults: $(VENV)/.development ## Kill and disturb migrations, count what is lost (FAULTS="--seed 7 --moments 200 --place S3")
	@$(BIN)/python -m tools.faults $(FAULTS)

# The locks carry versions and hashes, and no index address. One set of versions: the small locks follow the large one.
LOCK = $(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-build-options pyproject.toml

lock: $(VENV)/.created ## Write requirements/*.txt again (LOCK_FLAGS=--upgrade for new versions)
	@$(PIP) install '$(UV)'
	@$(LOCK) --extra dev $(LOCK_FLAGS) --output-file requirements/development.txt
	@printf 'editables\nhatchling\n' > $(VENV)/build.in
	@$(LOCK) --constraints requirements/development.txt --upgrade --output-file requirements/runtime.txt
	@$(subst pyproject.toml,$(VENV)/build.in,$(LOCK)) --constraints requirements/development.txt --upgrade \
		--output-file requirements/build.txt

clean: ## Remove what make made, .venv with it
	@rm -rf $(VENV) $(BUILD) dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is touched last, so a set-up that was cut off is done again.
$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "tfhoist needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo missing)." >&2; \
		echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV) (once)"
	@$(PYTHON) -m venv --clear $(VENV) || { \
		echo "'$(PYTHON) -m venv' failed: on Debian and Ubuntu, the package python3-venv has it." >&2; exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.created requirements/runtime.txt requirements/build.txt pyproject.toml
	@$(PIP) install --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements/development.txt
	@$(PIP) install --require-hashes -r requirements/development.txt
	@touch $@
