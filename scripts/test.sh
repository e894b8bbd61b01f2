#!/usr/bin/env bash
# Every test, or those that match the arguments: scripts/test.sh SessionctlTests. `scripts/test.sh faults` runs those
# that disturb servers. Arguments with a dash go to `swift test` as they are. Uses the Redis of SESSION_REDIS_URL when
# that is set, otherwise private ones.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""
source scripts/suites.sh

filters=()
for argument in "$@"; do
    case $argument in
        -*) arguments+=("$argument") ;;
        faults) ;;
        *) filters+=(--filter "$argument") ;;
    esac
done

# Groups of servers take long to fail over and come back: of the matrices only FaultMatrix runs when faults are not
# asked for.
if [[ " $* " == *" faults "* ]]; then
    in_turn "$faults" "${matrices[@]}"
elif [ ${#filters[@]} -gt 0 ]; then
    run "${filters[@]}"
else
    in_turn "$units" IntegrationTests SessionctlTests FaultMatrix
fi
