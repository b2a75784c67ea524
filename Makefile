# make run            serve on http://127.0.0.1:8000 (HOST=, PORT=), building what is missing
# make test           every test: rooms and engines, then the executable from outside
# make build          the static executable, at .build/release/quern
# make bench          the same work done by Quern and by its peers
# make format         put the Swift sources into the one format; make check-format only looks
# make resources      embed again after adding or removing a template or an asset

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run test test-inside test-outside build build-all bench format check-format resources needs-swift libraries test-packages

HOST = 127.0.0.1
PORT = 8000

RELEASE := .build/release/quern
VENV := .venv/.complete
# Trees of pages; they are in the source archive of html5lib alone.
TREE_TESTS := .venv/html5lib-1.1/html5lib/tests/testdata/tree-construction
TEST_WORKERS = $(shell expr $$(nproc) + 2)

# A wrong door between rooms does not compile (see Package.swift).
LAW := --explicit-target-dependency-import-check error

# Memory that is given back is overwritten, so that a test shows who reads it afterwards.
PERTURB := GLIBC_TUNABLES=glibc.malloc.perturb=165

# The C compiler behind a cache outside the clone, where ccache is installed.
export CC := $(CURDIR)/.ci/cc
export CXX := $(CURDIR)/.ci/c++

# One configuration: what is tested is what people run (see Package.swift for the static link).
SWIFT_BUILD := swift build -c release $(LAW)

SWIFT_FILES := Package.swift Sources Tests

help:
	@sed -n '/^# /!q; s///p' Makefile

# The release executable: an unoptimised build takes seconds for one login and hours for a gigabyte.
run: build
	@QUERN_LOG_FORMAT=$${QUERN_LOG_FORMAT:-text} exec $(RELEASE) serve --host $(HOST) --port $(PORT)

test: test-inside test-outside

# Executable and tests, from the same objects.
build-all: needs-swift libraries
	$(SWIFT_BUILD) --build-tests

test-inside: build-all $(TREE_TESTS)
	$(PERTURB) QUERN_TREE_TESTS=$(CURDIR)/$(TREE_TESTS) swift test -c release --skip-build $(LAW) $(SWIFT_TEST_ARGS)

# The tests that bear company, on a few workers more than cores, since much of their time is waiting; then those marked `alone`,
# which time things or take all cores. QUERN_BIN=FILE tests another executable; PYTEST_ARGS adds arguments; QUERN_LONG=1 makes
# races, cuts and kills long.
test-outside: test-packages $(VENV)
	@executable="$${QUERN_BIN:-}"; \
	if [ -z "$$executable" ]; then \
	    $(MAKE) --no-print-directory build; \
	    executable=$(CURDIR)/$(RELEASE); \
	fi; \
	tests() { $(PERTURB) QUERN_BIN="$$executable" .venv/bin/python -m pytest Tests/EndToEnd "$$@" $(PYTEST_ARGS) || [ $$? = 5 ]; }; \
	tests -m "not alone" -n $(TEST_WORKERS); \
	tests -m alone

build: needs-swift libraries
	$(SWIFT_BUILD) --product quern
	@file -b $(RELEASE) 2>/dev/null || true; ls -l "$$(readlink -f $(RELEASE))"

bench: build $(VENV)
	.ci/install-packages wrk
	QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/transform.py $(BENCH_ARGS)
	QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/commits.py
	QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/server.py
	QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/serving.py --peers $(CURDIR)/.venv/bin/python
	QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/accounts.py
	QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/collaboration.py
	QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/extraction_jobs.py
	QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/leads.py
	for set in 1 2 3; do QUERN_BIN=$(CURDIR)/$(RELEASE) .venv/bin/python Benchmarks/people.py --set $$set; done

format: needs-swift
	swift format --in-place --recursive $(SWIFT_FILES)

check-format: needs-swift
	swift format lint --strict --recursive $(SWIFT_FILES)

resources:
	.ci/embed-resources

needs-swift:
	@command -v swift >/dev/null || { \
	    echo "Swift 6.3 is needed and was not found. It is at https://www.swift.org/install; with a container engine," >&2; \
	    echo "\`docker build -t quern .\` needs nothing else." >&2; exit 1; }

libraries:
	@.ci/install-packages gcc libc6-dev libstdc++-12-dev libsqlite3-dev zlib1g-dev libzstd-dev libssl-dev libcmark-dev ccache

test-packages:
	@.ci/install-packages python3 python3-venv curl chromium chromium-driver fonts-dejavu-core clamav-daemon

$(VENV): Tests/requirements.txt | test-packages
	rm -rf .venv
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	@touch $@

# The archive asks setuptools for a module that newer ones lack.
$(TREE_TESTS): $(VENV)
	echo 'setuptools<80' > .venv/old-setuptools.txt
	PIP_CONSTRAINT=$(CURDIR)/.venv/old-setuptools.txt .venv/bin/pip download --quiet --disable-pip-version-check --no-deps \
	    --no-binary html5lib html5lib==1.1 --dest .venv
	tar -xmzf .venv/html5lib-1.1.tar.gz -C .venv
