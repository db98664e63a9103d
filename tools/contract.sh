#!/usr/bin/env bash
# Write the contract both sides are built on: marshmallow shapes → OpenAPI 3.1 → TypeScript.
# usage: tools/contract.sh [folder]   (default: the tree itself; a test writes elsewhere and compares)
set -euo pipefail
cd "$(dirname "$0")/.."
into="${1:-.}"
trial="$(mktemp -d)"
trap 'rm -rf "$trial"' EXIT
mkdir -p "$into/docs" "$into/static/src/api"
DATA_DIR="$trial" .venv/bin/flask --app wsgi export-contract >"$trial/openapi.json"
node_modules/.bin/openapi-typescript "$trial/openapi.json" -o "$trial/contract.ts" >/dev/null
mv "$trial/openapi.json" "$into/docs/openapi.json"
{ echo '// Made by tools/contract.sh from the marshmallow shapes: never edited by hand.'; cat "$trial/contract.ts"; } >"$into/static/src/api/contract.ts"
