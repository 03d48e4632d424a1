# The commands of the project. `make help` lists them; each also works without make (see bootstrap).
.DEFAULT_GOAL := help
PY := .venv/bin/python
PORT ?= 8000
export PORT

.PHONY: help run dev test check format modules bench audit contact-sheet picture demo fonts lock messages outdated

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Set everything up and serve the site on http://127.0.0.1:8000 (PORT, SITE_DATA, DEMO=0)
	@./bootstrap run

dev: ## Serve with reload and error pages, for development
	@./bootstrap dev
	@DEBUG=1 $(PY) manage.py prepare
	@DEBUG=1 $(PY) manage.py runserver 127.0.0.1:$(PORT)

test: ## Install what tests need and run them all, in a browser too where there is a Chromium
	@./bootstrap test

check: ## Check style, terms, migrations and settings
	@./bootstrap dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) scripts/check_terms.py
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check

modules: ## List all modules in docs/where-to-change-what.md
	@./bootstrap dev
	$(PY) scripts/list_modules.py

format: ## Format Python files
	@./bootstrap dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: ## Measure speed beside its budgets and beside nginx (minutes; PARTS="uncached profile" PUBLICATIONS=20000 DATABASE_URL)
	@./bootstrap dev
	$(PY) -m tests.bench $(PARTS)

audit: ## Check every type of page: HTML, axe, width, bytes, Lighthouse (needs Chromium, Java, npm; minutes)
	@./bootstrap dev
	$(PY) -m tests.audit

contact-sheet: ## Take screenshots of every type of page at three widths, light and dark, in FOLDER (build/sheet)
	@./bootstrap dev
	$(PY) -m tests.audit --sheet $(or $(FOLDER),build/sheet)

picture: ## Make the picture of README
	@./bootstrap dev
	$(PY) -m tests.audit --picture docs/pictures/contact-sheet.jpg

demo: ## Load the demonstration content into an empty site
	@./bootstrap base
	$(PY) manage.py prepare

messages: ## Collect messages and compile the Swedish ones
	@./bootstrap dev
	$(PY) manage.py makemessages -l sv --no-location --no-wrap --ignore .venv --ignore var --ignore tests
	$(PY) manage.py compilemessages -l sv --ignore .venv

fonts: ## Subset the fonts from their npm packages (needs npm)
	@./bootstrap dev
	$(PY) -m pip install --quiet fonttools==4.68.0
	$(PY) scripts/subset_fonts.py

outdated: ## List known vulnerabilities of the pinned packages, and their age (needs a network; OPTIONS=--strict)
	@$(PY) -m venv build/pip-audit
	@build/pip-audit/bin/python -m pip install --quiet pip-audit==2.10.1 || \
	    { echo "pip-audit cannot be installed: is there a network?"; exit 1; }
	@status=0; \
	build/pip-audit/bin/pip-audit --strict --require-hashes --disable-pip \
	    -r requirements/base.txt -r requirements/scale.txt -r requirements/sso.txt -r requirements/mail.txt || status=1; \
	$(PY) scripts/list_outdated.py $(OPTIONS) || status=1; \
	exit $$status

lock: ## Pin packages with hashes (needs uv)
	cd requirements && for list in base scale sso mail dev; do uv pip compile --quiet --universal --python-version 3.12 \
	    --generate-hashes --no-header --no-emit-index-url --no-annotate --upgrade $$list.in -o $$list.txt; done
	cp requirements/base.txt requirements.txt
