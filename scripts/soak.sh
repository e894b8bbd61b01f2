#!/usr/bin/env bash
# A mixed load and a random fault every few seconds, judged as it goes, with a summary at the end:
#
#     scripts/soak.sh [--minutes 30] [--topology standalone|replicated|switched|sentinel|cluster]
#
# The exit status is 0 when no promise was broken. Not part of the tests: it takes as long as it is told to.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=30
topology=standalone
while [ $# -gt 0 ]; do
    case $1 in
        --minutes) minutes=${2:?--minutes wants a number} ;;
        --topology) topology=${2:?--topology wants a name} ;;
        *)
            echo "usage: scripts/soak.sh [--minutes N] [--topology standalone|replicated|switched|sentinel|cluster]" >&2
            exit 64
            ;;
    esac
    shift 2
done
set --
source scripts/setup.sh ""

export SESSION_SOAK_MINUTES=$minutes SESSION_SOAK_TOPOLOGY=$topology
exec swift test --filter SoakTests </dev/null
