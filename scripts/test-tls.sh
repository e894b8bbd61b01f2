#!/usr/bin/env bash
# The tests with TLS: everything that a build with the package trait TLS can do, on hiredis 1.x, and the integration suite
# through a redis-server that speaks nothing else. Arguments as for scripts/test.sh; by default all but sessionctl's, in the
# same turns.
# Where the system's hiredis has no SSL, one is built first (scripts/hiredis-with-tls.sh). Needs libssl-dev and openssl.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""
source scripts/suites.sh

fail() {
    printf 'test-tls: %s\n' "$@" >&2
    exit 1
}
command -v openssl >/dev/null || fail "openssl, which makes the tests' certificates, is missing"

# The TLS tests themselves start their own servers; this would take the rest away from TLS.
unset SESSION_REDIS_URL

arguments+=(--traits TLS --scratch-path .build-tls)
if [ "$(uname)" != Darwin ] && [ ! -e /usr/include/hiredis/hiredis_ssl.h ]; then
    prefix=$(scripts/hiredis-with-tls.sh)
    arguments+=(-Xcc "-I$prefix/include" -Xlinker "-L$prefix/lib" -Xlinker -rpath -Xlinker "$prefix/lib")
fi

filters=()
for argument in "$@"; do
    case $argument in
        -*) arguments+=("$argument") ;;
        *) filters+=(--filter "$argument") ;;
    esac
done
if [ ${#filters[@]} -gt 0 ]; then
    run "${filters[@]}"
else
    in_turn "$units" IntegrationTests FaultMatrix
fi
