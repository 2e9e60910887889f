# Paths are relative and quoted throughout: the clone may lie under spaces and Chinese characters.

SHELL = /bin/sh
PYTHON = python3
PY = .venv/bin/python
STAMP = .venv/stamp
MAKEFLAGS += --no-print-directory

# What the user's shell carries around must not reach into the clone's own environment.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PIP_TARGET PIP_PREFIX PIP_ROOT
export PYTHONNOUSERSITE = 1
export PIP_USER = 0
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# A clone that was copied or moved with its .venv would import the old place's code: set up again.
MOVED := $(shell [ "$$(cat $(STAMP) 2>/dev/null)" = "$$(pwd -P)" ] || echo moved)

.PHONY: demo test lint bench stress catalogues clean moved

demo: $(STAMP)
	@$(PY) benchmarks/demo.py

test: $(STAMP)
	@$(PY) -m pytest -n 2 -rs --dist loadgroup --no-loadscope-reorder

lint: $(STAMP)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy --strict pmcs

bench: $(STAMP)
	@$(PY) benchmarks/bench.py

stress: $(STAMP)
	@$(PY) benchmarks/stress.py

catalogues: $(STAMP)
	@$(PY) tests/cli/catalogues.py

clean:
	@rm -rf .venv build dist pmcs.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find pmcs tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# All chatter goes to stderr: the last line of `make demo` on stdout is the demo's.
# editable_mode=compat puts the clone itself on the path; setuptools' import finder, its default here, costs every
# start of Python about 11 ms. The path is then made relative: where the locale is C, Python reads no other that
# holds Chinese characters. Without build isolation, the setuptools that builds is the pinned one.
$(STAMP): pyproject.toml constraints.txt $(MOVED)
	@rm -f $(STAMP)
	@$(PY) -c 'import pip, sys; sys.exit(sys.prefix == sys.base_prefix or sys.version_info < (3, 11))' 2>/dev/null || { \
	    $(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	        echo '需要 Python 3.11 或更高版本及其 venv 模块(Debian 12 起自带该版本):请先运行 apt-get install python3-venv。' >&2; \
	        echo 'Python 3.11 or newer with its venv module is needed (Debian 12 and later have it): run apt-get install python3-venv first.' >&2; \
	        exit 1; }; \
	    echo '正在新建 .venv … / Making .venv …' >&2; \
	    $(PYTHON) -m venv --clear .venv >&2; }
	@echo '正在安装依赖,首次约需一分钟 … / Installing what pmcs needs, about a minute the first time …' >&2
	@{ $(PY) -m pip install -qq -c constraints.txt setuptools setuptools-scm && \
	   $(PY) -m pip install -qq -c constraints.txt --no-build-isolation \
	       --config-settings editable_mode=compat -e '.[dev,docx,ical,pdf,xlsx]'; } >&2 || { \
	    echo '依赖未能安装(原因见上):请检查网络后再运行一次。' >&2; \
	    echo 'The packages could not be installed, for the reason above: check the network and run it again.' >&2; \
	    exit 1; }
	@for path in .venv/lib/python3*/site-packages/__editable__.pmcs-*.pth; do printf '../../../..\n' > "$$path"; done
	@pwd -P > $(STAMP)
