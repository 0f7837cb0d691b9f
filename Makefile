# Each target sets up what it needs in this checkout (.venv, .cache) and starts at once the next time.
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
export PATH := $(PATH):/usr/sbin
SOAK_HOURS ?= 24

.PHONY: help demo test soak bench acceptance pictures

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

demo:  ## every pack of a simulated bus, live in this terminal
	@tools/setup.sh run
	@.venv/bin/jkbus demo

test:  ## the whole test suite: style, types, tests, half an hour of virtual time
	@tools/setup.sh test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pytest -m "not soak" -n auto --dist loadfile
	SOAK_HOURS=0.5 $(PY) -m pytest -m soak

soak:  ## a day of virtual time, 16 packs, a bad wire (SOAK_HOURS=24)
	@tools/setup.sh test
	SOAK_HOURS=$(SOAK_HOURS) $(PY) -m pytest -m soak

bench:  ## how fast, how much memory, how fair
	@tools/setup.sh test
	@set -e; for bench in bench/*.py; do echo "== $$bench"; $(PY) $$bench; done

acceptance:  ## against a real Home Assistant and a real broker, and every step of the Dockerfiles (first time: 6 minutes, 2 GB)
	@tools/setup.sh test
	@acceptance/run.sh
	@packaging/docker/try.sh

pictures:  ## the README's pictures, made from the program
	@tools/setup.sh test
	@$(PY) tools/pictures.py
	@$(PY) tools/photographs.py
