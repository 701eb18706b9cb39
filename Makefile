# make run    set everything up in .venv and run the cases on musl and glibc
# make test   the same set-up, then the harness's own tests
# make check  what a change must pass besides: types, lint, format
# make reference  run everything on all catalogued libcs, write results/reference and docs/reference

PYTHON ?= python3
comma := ,
# without a C compiler on the machine, clang and lld come from a wheel
ZIG := $(if $(shell command -v gcc || command -v cc || command -v clang),,zig)

.PHONY: run test check reference clean

run: .venv/installed
	.venv/bin/conformance libcs fetch musl glibc
	.venv/bin/pytest --libc=musl,glibc -n auto

test: .venv/installed-dev
	.venv/bin/pytest -n auto

check: .venv/installed-dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

reference: .venv/installed
	.venv/bin/conformance libcs fetch all
	.venv/bin/pytest --libc=all -n auto
	.venv/bin/conformance reference results
	.venv/bin/conformance reference docs

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python's venv module is incomplete here: apt install python3-venv"; exit 1; }

.venv/installed: pyproject.toml | .venv/bin/pip
	.venv/bin/pip install -q -e '.$(if $(ZIG),[zig])'
	touch $@

.venv/installed-dev: pyproject.toml | .venv/bin/pip
	.venv/bin/pip install -q -e '.[dev$(if $(ZIG),$(comma)zig)]'
	touch $@ .venv/installed

clean:
	rm -rf .venv results/runs results/latest build dist
