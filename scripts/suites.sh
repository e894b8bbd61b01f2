# shellcheck shell=bash
# Sourced by the scripts that run the tests: which suites run beside others and which need the machine for themselves.

# Each fault under load: in processes of their own, because they measure times and what is left behind.
matrices=(FaultMatrix FleetMatrix StreamMatrix TopologyMatrix)
# Those that watch sessions of a second or two expire: beside hundreds of others a question may take as long.
brief=(AbsorbedTouchTests NearCacheTests)

# What goes to each `swift test`.
arguments=()

# Hundreds at once keep each other from looking at a clock in time. Not every toolchain can be told.
width=--experimental-maximum-parallelization-width
# Read to its end: with pipefail a pipe that grep closes early counts as failed.
if swift test --help-hidden | grep -- "$width" >/dev/null; then arguments+=("$width" 16); fi

# The empty array is written so that bash 3.2 of macOS takes it.
run() { swift test "$@" ${arguments[@]+"${arguments[@]}"} </dev/null; }

# in_turn FILTER [MATRIX...]: the suites that match FILTER, then the brief ones unless FILTER is one for faults, then the
# matrices, each for itself. An empty FILTER matches all.
in_turn() {
    local filter=$1 matrix
    shift
    run ${filter:+--filter "$filter"} "${matrices[@]/#/--skip=}" "${brief[@]/#/--skip=}"
    [ "$filter" = "$faults" ] || run "${brief[@]/#/--filter=}"
    for matrix in "$@"; do run --filter "$matrix"; done
}

# Suites that disturb servers.
faults='FaultTests|CheckerTests|MatrixCoverageTests'
