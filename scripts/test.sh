#!/usr/bin/env bash
# Every test, or those that match the arguments: scripts/test.sh SessionctlTests. `scripts/test.sh faults` runs those
# that disturb servers. Arguments with a dash go to `swift test` as they are. Uses the Redis of SESSION_REDIS_URL when
# that is set, otherwise private ones.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""

# Each fault crossed with each operation: in a process of its own, because it measures times and what is left behind.
matrix=FaultMatrix

arguments=()
filters=()
for argument in "$@"; do
    case $argument in
        -*) arguments+=("$argument") ;;
        faults) filters+=(--filter 'FaultTests|CheckerTests|MatrixCoverageTests') ;;
        *) filters+=(--filter "$argument") ;;
    esac
done

# The empty arrays are written so that bash 3.2 of macOS takes them.
run() { swift test "$@" ${arguments[@]+"${arguments[@]}"} </dev/null; }

case " $* " in
    *" faults "*)
        run ${filters[@]+"${filters[@]}"} --skip "$matrix"
        run --filter "$matrix"
        ;;
    *)
        if [ ${#filters[@]} -gt 0 ]; then
            run "${filters[@]}"
        else
            run --skip "$matrix"
            run --filter "$matrix"
        fi
        ;;
esac
