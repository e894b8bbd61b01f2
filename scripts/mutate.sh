#!/usr/bin/env bash
# Do the tests notice? Changes one place at a time, in the Lua scripts (a comparison, a constant, a key, a statement)
# and in the decisions of scripts/mutate/decisions, and runs the suites that should fail:
#
#     scripts/mutate.sh [--lua | --swift] [--only TEXT] [--list] [--jobs 2] [--minutes 180] [--seed 1] [--resume]
#
# Everything is built once, in a copy below .build-mutate: scripts are read and decisions switched as a process starts.
# What does not fit into the time is left out at random; --resume goes on. The exit status is 0 when 95 % die of those
# that scripts/mutate/explained.txt does not name. Not part of the tests: it takes three hours.
set -euo pipefail
cd "$(dirname "$0")/.."

# To list them changes nothing and needs no compiler.
[[ " $* " == *" --list "* || " $* " == *" --help "* ]] || source scripts/setup.sh ""
exec env PYTHONDONTWRITEBYTECODE=1 python3 scripts/mutate/main.py "$@"
