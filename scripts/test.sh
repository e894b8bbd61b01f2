#!/usr/bin/env bash
# Every test, or those that match the arguments: scripts/test.sh SessionctlTests. `scripts/test.sh faults` runs those
# that disturb servers. Arguments with a dash go to `swift test` as they are. Uses the Redis of SESSION_REDIS_URL when
# that is set, otherwise private ones.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""

# Each fault under load: in processes of their own, because they measure times and what is left behind.
matrices=(FaultMatrix FleetMatrix StreamMatrix)
# Those that watch sessions of a second or two expire: beside hundreds of others a question may take as long.
brief=(AbsorbedTouchTests NearCacheTests)
# Groups of servers take long to fail over and come back: FleetMatrix and StreamMatrix only run when
# faults are asked for.

arguments=()
filters=()
for argument in "$@"; do
    case $argument in
        -*) arguments+=("$argument") ;;
        faults) filters+=(--filter 'FaultTests|CheckerTests|MatrixCoverageTests') ;;
        *) filters+=(--filter "$argument") ;;
    esac
done

# Hundreds at once keep each other from looking at a clock in time. Not every toolchain can be told.
width=--experimental-maximum-parallelization-width
# Read to its end: with pipefail a pipe that grep closes early counts as failed.
if swift test --help-hidden | grep -- "$width" >/dev/null; then arguments+=("$width" 16); fi

# The empty arrays are written so that bash 3.2 of macOS takes them.
run() { swift test "$@" ${arguments[@]+"${arguments[@]}"} </dev/null; }

# The arguments: which of the matrices come after the rest.
all() {
    local matrix
    run ${filters[@]+"${filters[@]}"} "${matrices[@]/#/--skip=}" "${brief[@]/#/--skip=}"
    [ ${#filters[@]} -gt 0 ] || run "${brief[@]/#/--filter=}"
    for matrix in "$@"; do run --filter "$matrix"; done
}

case " $* " in
    *" faults "*) all "${matrices[@]}" ;;
    *) if [ ${#filters[@]} -gt 0 ]; then run "${filters[@]}"; else all FaultMatrix; fi ;;
esac
