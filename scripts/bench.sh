#!/usr/bin/env bash
# How fast every operation is, lookups beside redis-benchmark as the limit and beside redis-py as another client, on the
# same keys in the same run: one table. Arguments go to `sessionctl bench`, such as --concurrency 64 or --json.
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

# Prints nothing when redis-py cannot be had: it is only there for comparison.
peer() {
    local environment=.build/redis-py
    if ! "$environment/bin/python" -c 'import redis, hiredis' 2>/dev/null; then
        { python3 -m venv "$environment" && "$environment/bin/pip" install --quiet redis hiredis; } >/dev/null 2>&1 ||
            { echo "bench: redis-py cannot be installed; measuring without it" >&2; return; }
    fi
    echo "$environment/bin/python"
}

swift build -c release --product sessionctl >&2
tool=$(swift build -c release --product sessionctl --show-bin-path)/sessionctl
python=$(peer)
# The empty array is written so that bash 3.2 of macOS takes it.
comparison=()
[ -z "$python" ] || comparison=(--peer "$PWD/$python" "$PWD/scripts/bench/redis_py.py")
exec "$tool" bench "$@" ${comparison[@]+"${comparison[@]}"}
