# make lab          set up .venv if need be, and open JupyterLab on the notebooks
# make present      open the slides of a plan for a class, with live panels: PLAN=45, 90, or the number of a notebook
# make answers      make one table of the pages that learners have handed in: FOLDER=where/they/are
# make handout      write the notebooks without solutions into build/handout
# make guide        write the pages of the plans, and of the questions before and after, anew
# make pages        write pages on which every panel is live without a kernel into build/pages
# make owner        put the account under which this is published into all addresses: OWNER=account
# make test         check style, and run all tests but those of places
# make test-places  try the places where the notebooks are shown: Binder, a hub, Voila, slides, the class guide
# make notebooks    run all notebooks anew and store what they show
# make format       format code and notebooks
# make animation    make the README's animation from its panel anew; needs Chromium
# make benchmarks   print the tables of ratios, and what Binder and a class cost; most of them need Chromium
#
# environment.yml holds the versions that a learner gets; a requirements.txt, those for what lies beside it.

PORT ?= 8888
PLAN ?= 45
NAME := one-weight-many-uses
PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
TORCH_INDEX ?= $(shell sed -n 's/^ *- --extra-index-url //p' environment.yml)

learn := $(shell sed -n 's/^ *- \([a-z].*==.*\)/\1/p' environment.yml)
torch := $(filter torch==%,$(learn))
pip := .venv/bin/python -m pip --disable-pip-version-check --quiet
# In a container root is often the only user, and Jupyter wants to be told that this is meant.
root := $(if $(filter 0,$(shell id -u)),--allow-root)

# Installs, or says what is the matter: the network, this Python or processor, or what pip says.
install = $(pip) install $(1) 2> .venv/pip.log || { cat .venv/pip.log; echo; \
	if grep -qiE "retrying|connection|name resolution" .venv/pip.log; then \
		echo "The packages could not be installed. Is the network there? Then run the same command again."; \
		echo "Behind a mirror, set PIP_INDEX_URL to its address."; \
	elif grep -q "No matching distribution" .venv/pip.log; then \
		echo "There is no such package for this Python ($$(.venv/bin/python -V)) or processor ($$(uname -m)). Take Python 3.11:"; \
		echo "    make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; \
		echo "If it is that already, take Binder: its badges are in README.md."; \
	fi; exit 1; }

# A learner's own setting would make pip install past .venv.
export PIP_USER := 0

# .venv/.lab names the folder for which .venv was made: after a move, or when its Python is gone, it has to be made anew.
ready := $(shell test "$$(cat .venv/.lab 2>/dev/null)" = "$(CURDIR)" && .venv/bin/python -c pass 2>/dev/null && echo yes)
$(if $(ready),,$(eval .PHONY: .venv/.lab))

.PHONY: lab present answers handout guide pages owner test test-places notebooks format animation benchmarks

lab: .venv/.lab
present: .venv/.class
lab present:
	@.venv/bin/python -c 'import socket; exit(socket.socket().connect_ex(("127.0.0.1", $(PORT))) == 0)' || { \
		echo "Port $(PORT) is taken, perhaps by a JupyterLab that is open already. Choose another:"; \
		echo "    make $@ PORT=$$(($(PORT) + 1))"; exit 1; }
	@$(open_$@)

open_lab = .venv/bin/jupyter lab --port=$(PORT) --ServerApp.port_retries=0 $(root) $(LAB_FLAGS) notebooks
open_present = .venv/bin/python -m helpers.teaching.slides $(PLAN) --port=$(PORT) $(PRESENT_FLAGS)

answers: .venv/.lab
	@test -n "$(FOLDER)" || { echo "Say where the pages are: make answers FOLDER=where/they/are"; exit 1; }
	@.venv/bin/python -m helpers.teaching.answers "$(FOLDER)"

handout: .venv/.lab
	@.venv/bin/python -m helpers.teaching.edition $(HANDOUT_FLAGS) $(TARGET)

guide: .venv/.lab
	@.venv/bin/python -m helpers.teaching.guide
	@.venv/bin/python -m helpers.teaching.quiz

pages: .venv/.pages
	@.venv/bin/python -m helpers.pages $(TARGET)

# In all addresses of the README, and in the one that the pages read.
owner:
	@test -n "$(OWNER)" || { echo "Say whose account: make owner OWNER=account"; exit 1; }
	@sed -i.old -E -e 's,(github\.com|/gh)/[A-Za-z0-9-]+/($(NAME)),\1/$(OWNER)/\2,g' \
		-e 's,[A-Za-z0-9-]+(\.github\.io/$(NAME)),$(OWNER)\1,g' README.md pyproject.toml
	@rm README.md.old pyproject.toml.old

test: .venv/.test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/python -m pytest $(TEST_FLAGS)

test-places: .venv/.places
	@.venv/bin/python -m pytest tests/places $(TEST_FLAGS)

notebooks: .venv/.lab
	@.venv/bin/python -m helpers.rerun notebooks/*.ipynb

format: .venv/.test
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

animation: .venv/.test
	@.venv/bin/python -m docs.animation

benchmarks: .venv/.benchmark
	@.venv/bin/python -m benchmarks.local_layer
	@.venv/bin/python -m benchmarks.slider_latency
	@.venv/bin/python -m benchmarks.page_latency
	@.venv/bin/python -m benchmarks.live_curve
	@.venv/bin/python -m benchmarks.binder
	@.venv/bin/python -m benchmarks.learner
	@.venv/bin/python -m benchmarks.classroom

.venv/.lab: environment.yml pyproject.toml helpers/server.json helpers/overrides.json
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; found: $$("$(PYTHON)" --version 2>&1 || true)"; \
		echo "Install it from python.org or your system's packages, then say where it is:"; \
		echo "    make lab PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv: a minute or more the first time, seconds from then on."
	@"$(PYTHON)" -m venv --clear .venv
	@$(pip) install --retries 0 --timeout 15 --no-deps --index-url $(TORCH_INDEX) $(torch) 2>/dev/null || \
		echo "The index of CPU wheels cannot be reached: taking torch from the ordinary one, which may be larger."
	@$(call install,$(learn))
	@$(call install,--no-deps --editable .)
	@echo "$(CURDIR)" > $@

.venv/.class: helpers/teaching/requirements.txt
.venv/.pages: helpers/pages/requirements.txt
.venv/.test: tests/requirements.txt
.venv/.places: tests/places/requirements.txt .venv/.class .venv/.pages .venv/.test
.venv/.benchmark: benchmarks/requirements.txt .venv/.places

.venv/.class .venv/.pages .venv/.test .venv/.places .venv/.benchmark: .venv/.lab
	@$(call install,--requirement $(filter %.txt,$^))
	@touch $@
