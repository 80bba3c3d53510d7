# Two commands: `make demo` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out

.PHONY: demo test lint clean

$(BIN)/fundoscope: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.test: $(BIN)/fundoscope
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

demo: $(BIN)/fundoscope
	mkdir -p $(OUT)
	$(BIN)/fundoscope phantom $(OUT)/phantom.png --seed 7 --lesions MA=10,HE=6,EX=8,SE=1
	$(BIN)/fundoscope read $(OUT)/phantom.png --out $(OUT)

test: $(VENV)/.test lint
	$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	mkdir -p $(VENV)/src && ln -sfn "$(CURDIR)" $(VENV)/src/fundoscope
	MYPYPATH=$(VENV)/src $(BIN)/mypy -p fundoscope

clean:
	rm -rf $(VENV) $(OUT) *.egg-info build dist
