#!/usr/bin/env bash
# Builds hiredis 1.x with SSL where the system's hiredis has none (Debian 12), from the source package of Debian's next
# release, and prints the directory that it is installed in. That directory is the only argument, by default
# .build-hiredis. Nothing outside of it is changed: apt gets a configuration of its own. Needs Debian, make, a C compiler
# and libssl-dev.
set -euo pipefail
cd "$(dirname "$0")/.."
release=trixie
root=${1:-$PWD/.build-hiredis}
prefix=$root/installed

fail() {
    printf 'hiredis-with-tls: %s\n' "$@" >&2
    exit 1
}

# Where the machine itself gets Debian from.
mirror() {
    {
        sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p' /etc/apt/sources.list.d/*.sources
        sed -n 's/^deb[[:space:]]\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\).*/\2/p' \
            /etc/apt/sources.list /etc/apt/sources.list.d/*.list
    } 2>/dev/null | grep '/debian/\{0,1\}$' | head -n 1 || true
}

fetch_source() {
    local uri
    uri=$(mirror)
    [ -n "$uri" ] || fail "no Debian mirror among the machine's apt sources"
    mkdir -p "$root/apt/lists/partial" "$root/apt/cache/archives/partial"
    printf 'deb-src %s %s main\n' "$uri" "$release" >"$root/apt/sources.list"
    local options=(
        -o "Dir::Etc::sourcelist=$root/apt/sources.list" -o "Dir::Etc::sourceparts=-"
        -o "Dir::State::lists=$root/apt/lists" -o "Dir::Cache=$root/apt/cache"
        # The user that apt downloads as need not be able to enter this directory.
        -o "APT::Sandbox::User=root"
    )
    apt-get -q "${options[@]}" update
    # Its signature is checked by apt; the package is only unpacked.
    (cd "$root" && apt-get -q "${options[@]}" source "hiredis/$release")
}

if [ ! -e "$prefix/lib/libhiredis_ssl.so" ]; then
    for tool in apt-get dpkg-source make cc; do
        command -v "$tool" >/dev/null || fail "$tool is missing (packages dpkg-dev, make, gcc)"
    done
    [ -e /usr/include/openssl/ssl.h ] || fail "OpenSSL's headers are missing: apt-get install libssl-dev"
    mkdir -p "$root"
    log=$root/log
    {
        fetch_source &&
            cd "$(find "$root" -maxdepth 1 -type d -name 'hiredis-*' | head -n 1)" &&
            make USE_SSL=1 PREFIX="$prefix" LIBRARY_PATH=lib all &&
            make USE_SSL=1 PREFIX="$prefix" LIBRARY_PATH=lib install
    } </dev/null >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "cannot build hiredis; the whole log is in $log"
    }
fi
printf '%s\n' "$prefix"
