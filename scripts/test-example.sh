#!/usr/bin/env bash
# All tests of Examples/AuthService: over HTTP, and in two headless Chromiums. Installs what is missing. An argument
# picks: "http", "browser", or one of the browser tests' modules, such as test_looks. PICTURES names the folder for the
# pictures that the browser tests take.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""
cd Examples/AuthService

# Python's packages go into a virtual environment of their own, the browser and its driver come from the system.
setup_browser() {
    local missing=()
    if [ "$(uname)" = Darwin ]; then
        command -v chromedriver >/dev/null || brew install --quiet --cask chromedriver >&2
        CHROMIUM=${CHROMIUM:-/Applications/Google Chrome.app/Contents/MacOS/Google Chrome}
    else
        command -v chromium >/dev/null || missing+=(chromium)
        command -v chromedriver >/dev/null || missing+=(chromium-driver)
        # Pages are looked at: without a font there is nothing to see.
        [ -n "$(fc-list 2>/dev/null | head -n 1)" ] || missing+=(fontconfig fonts-dejavu-core)
        python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
        if [ ${#missing[@]} -gt 0 ]; then
            printf 'setup: installing %s\n' "${missing[*]}" >&2
            apt_install "${missing[@]}" </dev/null >/dev/null 2>&1 || setup_fail "cannot install: ${missing[*]}"
        fi
        CHROMIUM=${CHROMIUM:-$(command -v chromium)}
    fi
    CHROMEDRIVER=$(command -v chromedriver)
    export CHROMIUM CHROMEDRIVER
    if ! cmp -s BrowserTests/requirements.txt .build-browser/requirements.txt; then
        python3 -m venv .build-browser
        .build-browser/bin/pip install --quiet --disable-pip-version-check -r BrowserTests/requirements.txt
        cp BrowserTests/requirements.txt .build-browser/
    fi
}

browser_tests() {
    swift build --product auth-service >&2
    AUTH_SERVICE=$(swift build --product auth-service --show-bin-path)/auth-service
    PICTURES=${PICTURES:-$PWD/.build-browser/pictures}
    export AUTH_SERVICE PICTURES
    export PYTHONDONTWRITEBYTECODE=1
    cd BrowserTests
    if [ $# -gt 0 ]; then
        ../.build-browser/bin/python -m unittest "$@" </dev/null
    else
        ../.build-browser/bin/python -m unittest discover </dev/null
    fi
    echo "Pictures of the pages: $PICTURES"
}

case ${1:-} in
    http)
        swift test </dev/null
        exit
        ;;
    "") swift test </dev/null ;;
    browser) shift ;;
esac
setup_browser
browser_tests "$@"
