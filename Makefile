# Needs make, and Python 3.11 or newer with its venv module; everything else is installed into .venv.
#
#   make solutions   check every derivation, write the PDFs under build/
#   make test        format, lint, types, tests
#   make bench       the benchmarks, with torch, in an environment of their own
#   make soundness   the long search for wrong verdicts
#   make format      put the sources in shape
#   make clean       remove all that the other targets have made

PYTHON = python3
VENV = .venv
VENV_BENCH = .venv-bench

PIP_FLAGS = -qq --disable-pip-version-check
SETTINGS = pyproject.toml requirements.lock

.PHONY: solutions test bench soundness format clean

solutions: $(VENV)/.runtime
	$(VENV)/bin/everystep build --out build

test: $(VENV)/.dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy everystep
	$(VENV)/bin/python -m pytest -n auto --dist worksteal

bench: $(VENV_BENCH)/.bench
	$(VENV_BENCH)/bin/python benchmarks/run.py

soundness: $(VENV)/.dev
	$(VENV)/bin/python tests/soundness.py --report
	$(VENV)/bin/python tests/soundness_reader.py --count 100000 --report
	$(VENV)/bin/python tests/soundness_pairs.py

format: $(VENV)/.dev
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

clean:
	rm -rf $(VENV) $(VENV_BENCH) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say which lock an environment was made from. A changed lock makes a new environment:
# what an older one had installed must not stay behind.
$(VENV)/.runtime: $(SETTINGS)
	@echo "Setting up $(VENV) (once, and after a change of pyproject.toml or requirements.lock)"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Everystep needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Name another one: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "$(PYTHON) has no venv module (on Debian: the package python3-venv)" >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install $(PIP_FLAGS) -r requirements.lock
	@$(VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "Adding the tools of make test to $(VENV)"
	@$(VENV)/bin/python -m pip install $(PIP_FLAGS) -r requirements-dev.lock
	@touch $@

$(VENV_BENCH)/.bench: $(SETTINGS)
	@echo "Setting up $(VENV_BENCH) with torch"
	@rm -rf $(VENV_BENCH)
	@$(PYTHON) -m venv $(VENV_BENCH)
	@$(VENV_BENCH)/bin/python -m pip install $(PIP_FLAGS) -r requirements.lock scipy torch==2.13.0 tensorgrad==0.3.0 autograd==1.9.1
	@$(VENV_BENCH)/bin/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@touch $@
