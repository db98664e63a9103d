#!/usr/bin/env bash
# All set-up, each step only when what it depends on has changed.
# usage: tools/setup.sh [run|test]   (test adds the tools of the tests and a browser)
# A step leaves a stamp named by the hash of its inputs, so a second start takes no time.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose="${1:-run}"
stamps=.make
mkdir -p "$stamps"

say() { printf '· %s\n' "$*"; }
fail() { printf '✗ %s\n' "$*" >&2; exit 1; }

# One set-up at a time in one clone: two terminals must not build over each other.
exec 9>"$stamps/lock"
if command -v flock >/dev/null; then flock 9; fi

root_do() { # run as root, or say that we cannot
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1; fi
}

hash_of() { sha256sum "$@" | sha256sum | cut -c1-16; }

step() { # step <name> <hash> <command...>
  local stamp="$stamps/$1.$2"
  [ -e "$stamp" ] && return 0
  shift 2
  "$@"
  rm -f "${stamp%.*}".*
  : >"$stamp"
}

# The distribution's own first: it is built with profiles, and a fifth faster than one that was compiled at home.
pythons() { # those that are new enough, best first
  for candidate in "${PYTHON:-}" /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$candidate"
  done
  return 0
}

make_venv() {
  local found python
  mapfile -t found < <(pythons)
  [ "${#found[@]}" -gt 0 ] || fail "Python 3.11 or newer is needed (Debian: apt-get install python3 python3-venv)"
  say "virtual environment (.venv)"
  rm -rf .venv "$stamps"/python.* "$stamps"/python_dev.*
  for python in "${found[@]}"; do "$python" -m venv --clear .venv 2>/dev/null >&2 && return 0; done
  root_do apt-get install -y -qq python3-venv >/dev/null 2>&1 || true
  "${found[0]}" -m venv --clear .venv || fail "python3-venv is missing (Debian: apt-get install python3-venv)"
}

pip_install() { say "Python packages ($1)"; .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r "$1"; }
npm_install() { say "client packages (npm ci)"; npm ci --no-audit --no-fund --loglevel=error >"$stamps/npm.log" 2>&1 || { cat "$stamps/npm.log" >&2; fail "npm ci failed"; }; }
build_client() { say "client build (static/dist)"; node tools/build_client.mjs; }

install_browser() {
  say "browser for the tests (chromium)"
  local packages=(chromium fonts-noto-cjk)
  export DEBIAN_FRONTEND=noninteractive
  { root_do apt-get update -qq && root_do apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >"$stamps/browser.log" 2>&1 ||
    fail "the browser tests need Chromium: apt-get install ${packages[*]}   (or set CHROMIUM=/path/to/chromium)"
}

# the core of a day is also run in WebKit and in Firefox
install_engines() {
  say "two more engines for the tests (webkit, firefox)"
  local packages=(webkit2gtk-driver firefox-esr xvfb)
  export DEBIAN_FRONTEND=noninteractive
  { root_do apt-get update -qq && root_do apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >"$stamps/engines.log" 2>&1 ||
    fail "the tests need two more engines: apt-get install ${packages[*]}"
}
has_engines() { command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null && { command -v firefox-esr || command -v firefox; } >/dev/null; }

has_browser() { [ -x "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }

command -v node >/dev/null || fail "Node 20 or newer is needed"
node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' || fail "Node 20 or newer is needed"

# scripts in a virtual environment name their folder: a clone that was moved needs a new one
{ [ "$(cat "$stamps/where" 2>/dev/null)" = "$PWD" ] && .venv/bin/python -c '' 2>/dev/null; } || { make_venv; printf '%s' "$PWD" >"$stamps/where"; }
# both wait for the network and unpack for half a minute: side by side
[ -d node_modules ] || rm -f "$stamps"/npm.*
step npm "$(hash_of package-lock.json package.json)" npm_install & npm=$!
step python "$(hash_of requirements.txt)" pip_install requirements.txt
if [ "$purpose" = test ]; then step python_dev "$(hash_of requirements-dev.txt)" pip_install requirements-dev.txt; fi
wait "$npm" || exit 1

[ -e static/dist/build.json ] && [ -d build/client ] || rm -f "$stamps"/client.*
client_sources() { { find static/src static/styles static/icons service_worker templates/app.html tools/build_client.mjs package-lock.json -type f 2>/dev/null || true; } | LC_ALL=C sort; }
step client "$(client_sources | xargs -d '\n' sha256sum | sha256sum | cut -c1-16)" build_client

if [ "$purpose" = test ]; then has_browser || install_browser; has_engines || install_engines; fi
