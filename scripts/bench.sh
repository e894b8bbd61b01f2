#!/usr/bin/env bash
# How fast every operation is, lookups beside redis-benchmark as the limit and beside redis-py as another client, on the
# same keys in the same run: one table. Arguments go to `sessionctl bench`, such as --concurrency 64 or --json.
#
# `scripts/bench.sh pair [REVISION] [ARGUMENTS]` compares the working tree with a revision instead, by default with the one
# where it left main; see scripts/bench/pair.py, to which the arguments go.
#
# `scripts/bench.sh micro` measures the parts of a lookup within the process instead; arguments go to `swift package
# benchmark`.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""

if [ "${1:-}" = micro ]; then
    shift
    # A build of its own: the other one must not have to fetch what only this needs.
    export SESSION_REPOSITORY_BENCHMARKS=1 BENCHMARK_DISABLE_JEMALLOC=1
    exec swift package --scratch-path .build-bench benchmark --target Microbenchmarks "$@"
fi

build() { swift build -c release --product sessionctl "$@"; }

# Makes a worktree of a revision, with this tree's part of the comparison: the revision may be older than that.
check_out() {
    local revision=$1 directory=$2 part=Sources/sessionctl/Bench/Pair tool=$2/Sources/sessionctl/Sessionctl.swift
    [ -e "$directory/.git" ] || git worktree add --quiet --force --detach "$directory" "$revision"
    # The same dependencies.
    cp Package.resolved "$directory"
    rm -rf "${directory:?}/$part"
    cp -R "$part" "$directory/$part"
    grep -q 'BenchPair\.self' "$tool" || sed -i.before 's/BenchProbe\.self,/& BenchPair.self,/' "$tool"
    rm -f "$tool.before"
}

if [ "${1:-}" = pair ]; then
    shift
    case ${1:-} in
        "" | -*) revision=$(git merge-base HEAD main) ;;
        *) revision=$(git rev-parse --verify "$1^{commit}") && shift ;;
    esac
    revision=$(git rev-parse --short "$revision")
    build >&2
    new=$(build --show-bin-path)
    check_out "$revision" ".build-pair/$revision"
    build --package-path ".build-pair/$revision" >&2
    old=$(build --package-path ".build-pair/$revision" --show-bin-path)
    exec python3 scripts/bench/pair.py --old "$old/sessionctl" --new "$new/sessionctl" --revision "$revision" "$@"
fi

# Prints nothing when redis-py cannot be had: it is only there for comparison.
peer() {
    local environment=.build/redis-py
    if ! "$environment/bin/python" -c 'import redis, hiredis' 2>/dev/null; then
        { python3 -m venv "$environment" && "$environment/bin/pip" install --quiet redis hiredis; } >/dev/null 2>&1 ||
            { echo "bench: redis-py cannot be installed; measuring without it" >&2; return; }
    fi
    echo "$environment/bin/python"
}

build >&2
tool=$(build --show-bin-path)/sessionctl
python=$(peer)
# The empty array is written so that bash 3.2 of macOS takes it.
comparison=()
[ -z "$python" ] || comparison=(--peer "$PWD/$python" "$PWD/scripts/bench/redis_py.py")
exec "$tool" bench "$@" ${comparison[@]+"${comparison[@]}"}
