#!/usr/bin/env bash
# Installs what the package needs and this machine lacks: hiredis' headers, redis-server and redis-cli; with the
# argument "lint" luacheck too. Quiet and quick when everything is there. The other scripts source it; it can also be
# run by itself. It names what it cannot install and exits with status 1.
#
# Debian starts a redis-server of its own when that package is installed. Nothing here uses it: the demonstration and
# the tests start private ones.
set -euo pipefail

setup_fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

require_swift() {
    command -v swift >/dev/null ||
        setup_fail "Swift 6.2 or later is missing and must be installed by hand: https://www.swift.org/install"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    case $version in
        6.[01] | [0-5].* | "") setup_fail "Swift ${version:-of unknown version} is too old; 6.2 or later is needed:" \
            "https://www.swift.org/install" ;;
    esac
}

# Prints the names of the missing packages, in the words of the machine's package manager.
missing_packages() {
    local manager=$1 lint=$2
    case $manager in
        apt)
            [ -e /usr/include/hiredis/hiredis.h ] || echo libhiredis-dev
            command -v redis-server >/dev/null || echo redis-server
            command -v redis-cli >/dev/null || echo redis-tools
            ;;
        brew)
            [ -e "$(brew --prefix)/include/hiredis/hiredis.h" ] || echo hiredis
            { command -v redis-server && command -v redis-cli; } >/dev/null || echo redis
            ;;
    esac
    if [ "$lint" = lint ] && ! command -v luacheck >/dev/null; then
        if [ "$manager" = apt ]; then echo lua-check; else echo luacheck; fi
    fi
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif ! command -v sudo >/dev/null; then
        echo "neither root nor sudo" >&2
        return 1
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt_install() {
    # Without the update first, a fresh machine knows no packages and an old one stale addresses.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
}

install_packages() {
    local manager=$1 log
    shift
    log=$(mktemp)
    printf 'setup: installing %s\n' "$*" >&2
    case $manager in
        apt) apt_install "$@" </dev/null >"$log" 2>&1 || true ;;
        brew) brew install --quiet "$@" </dev/null >"$log" 2>&1 || true ;;
    esac
    local rest
    rest=$(missing_packages "$manager" "$lint" | xargs)
    [ -z "$rest" ] || tail -n 15 "$log" >&2
    rm -f "$log"
    [ -z "$rest" ] || setup_fail "cannot install: $rest"
}

setup() {
    local lint=${1:-} manager missing
    require_swift
    if [ "$(uname)" = Darwin ]; then
        command -v brew >/dev/null || setup_fail "Homebrew is missing: https://brew.sh"
        manager=brew
        # The compiler does not look where Homebrew installs.
        export CPATH="$(brew --prefix)/include${CPATH:+:$CPATH}"
        export LIBRARY_PATH="$(brew --prefix)/lib${LIBRARY_PATH:+:$LIBRARY_PATH}"
    elif command -v apt-get >/dev/null; then
        manager=apt
    else
        setup_fail "this needs apt-get (Debian, Ubuntu) or Homebrew (macOS);" \
            "elsewhere, install the headers of hiredis, redis-server, redis-cli and luacheck by hand"
    fi
    missing=$(missing_packages "$manager" "$lint" | xargs)
    # The names of packages hold no spaces.
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_packages "$manager" $missing
}

setup "$@"
