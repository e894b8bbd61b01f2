# shellcheck shell=bash
# Sourced by the scripts that run the tests: which suites run beside others and which need the machine for themselves.

# Each fault under load: in processes of their own, because they measure times and what is left behind.
matrices=(FaultMatrix FleetMatrix StreamMatrix TopologyMatrix OverloadMatrix)
# Beside each other they would miss their deadlines: the units compute all the time, each test of the tool starts a process.
units='RedisClientTests|SessionRepositoryTests|SessionRepositoryConfigurationTests'
# Those that watch sessions of a second or two expire: beside hundreds of others a question may take as long.
brief='IntegrationTests[.](AbsorbedTouchTests|NearCacheTests)/'
# Suites that disturb servers.
faults='FaultTests|CheckerTests|MatrixCoverageTests'

# What goes to each `swift test`.
arguments=()

# Hundreds at once keep each other from looking at a clock in time. Not every toolchain can be told.
width=--experimental-maximum-parallelization-width
# Read to its end: with pipefail a pipe that grep closes early counts as failed.
if swift test --help-hidden | grep -- "$width" >/dev/null; then arguments+=("$width" 16); fi

# The empty array is written so that bash 3.2 of macOS takes it.
run() { swift test "$@" ${arguments[@]+"${arguments[@]}"} </dev/null; }

# in_turn GROUP...: the suites whose names match each, every group in processes of its own.
in_turn() {
    local group
    for group; do
        case $group in
            IntegrationTests)
                run --filter "$group" "${matrices[@]/#/--skip=}" --skip "$brief"
                run --filter "$brief"
                ;;
            *) run --filter "$group" ;;
        esac
    done
}
