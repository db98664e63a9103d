#!/usr/bin/env bash
# Compile the lock files: exact versions and hashes, and no registry named, so that any mirror serves them.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=build/lock-venv
[ -x "$venv/bin/pip-compile" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install -qq pip-tools; }
options=(-q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header "$@")
"$venv/bin/pip-compile" "${options[@]}" requirements.in -o requirements.txt
"$venv/bin/pip-compile" "${options[@]}" requirements-dev.in -o requirements-dev.txt
npm install --package-lock-only --silent
