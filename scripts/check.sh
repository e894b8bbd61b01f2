#!/usr/bin/env bash
# What must hold besides the tests: format, Lua, shell and compose files, and a build without a warning.
# `scripts/check.sh sanitizers` is another check and takes ten minutes: the client, and whatever disturbs it, under
# AddressSanitizer and ThreadSanitizer.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh lint

step() { printf '== %s\n' "$*"; }

sanitize() {
    local kind=$1
    shift
    step "Tests under the $kind sanitizer"
    set -- --sanitize="$kind" --scratch-path ".build-$kind" "$@"
    # The schedules keep every thread busy for minutes: beside them nobody gets to look at a clock.
    run "$@" --filter RedisClientTests
    local client='EventTests|HostileServer|NotRedis|ConnectionLoss|LoneCommand|TaskExecutor|ShutdownTests'
    client+='|ShutdownUnderLoad|LyingCluster|HandedSlot|Relocation|LostRevocation'
    run "$@" --filter "$client"
    # Sessions of a second or two live here: one test at a time, or a sanitizer is too slow for them.
    swift test "$@" --no-parallel --filter 'NearCache|AbsorbedTouch' </dev/null
}

if [ "${1:-}" = sanitizers ]; then
    source scripts/suites.sh
    suppressions=$PWD/scripts/sanitizers
    LSAN_OPTIONS="suppressions=$suppressions/leaks.supp:print_suppressions=0" sanitize address
    # See Sources/RedisClient/EventLoop/ThreadSanitizerMutex.swift.
    TSAN_OPTIONS="suppressions=$suppressions/races.supp:print_suppressions=0" \
        sanitize thread -Xswiftc -DTHREAD_SANITIZER
    exit
fi

step "Swift format"
swift format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift \
    Examples/AuthService/{Sources,Tests,Package.swift}

step "macOS stays possible"
# What differs between the systems is in two files; elsewhere code may only choose the C library that it imports.
platform='Sources/RedisClient/EventLoop/Platform.swift|Sources/EmbeddedRedis/Server/LocalSocket.swift'
if grep -rnE 'os\((Linux|macOS)\)|/proc/|epoll|eventfd|prctl|TCP_USER_TIMEOUT|CLOCK_BOOTTIME' \
    --include='*.swift' Sources | grep -vE "^($platform):"; then
    echo "only these may depend on the system: $platform" >&2
    exit 1
fi
# An import by canImport ends with Darwin.
if ! grep -rlE '^(@preconcurrency |package |public )?import Glibc' --include='*.swift' Sources |
    while read -r file; do grep -q '^import Darwin' "$file" || { echo "$file does not import Darwin"; exit 1; }; done; then
    exit 1
fi

step "Lua"
# What the prelude defines is global for the scripts that follow it.
scripts=Sources/SessionRepository/Scripts
shared=$(sed -n 's/^local \(function \)\{0,1\}\([a-z_]*\).*/\2/p' "$scripts/common.lua")
# shellcheck disable=SC2086
luacheck --quiet "$scripts" --read-globals $shared

step "Shell"
for script in scripts/*.sh Examples/*/scripts/*.sh .ci/run; do bash -n "$script"; done

step "Mutations"
# The decisions that they turn around are where the lists say.
if command -v python3 >/dev/null; then
    scripts/mutate.sh --list --swift >/dev/null
else
    echo "not checked: Python is missing"
fi

step "Compose file"
if docker compose version >/dev/null 2>&1; then
    REDIS_PASSWORD=check docker compose --profile sentinel --profile cluster config --quiet
elif python3 -c 'import yaml' 2>/dev/null; then
    python3 -c 'import yaml; assert yaml.safe_load(open("docker-compose.yml"))["services"]'
else
    echo "not checked: neither docker compose nor Python's yaml module is here"
fi

step "Build without a warning"
# A warning is printed only when its file is compiled: let everything of ours be compiled, nothing of others.
find Sources Tests -name '*.swift' -exec touch {} +
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift build --build-tests </dev/null 2>&1 | tee "$log" | grep --line-buffered -E '^Build|error:|warning:' ||
    { cat "$log"; exit 1; }
# A package of others may warn of itself, by its name.
if grep 'warning:' "$log" | grep -vE "/checkouts/|^warning: 'swift-[a-z-]*': " >/dev/null; then
    grep -B 2 -A 8 'warning:' "$log"
    echo "there are warnings" >&2
    exit 1
fi
