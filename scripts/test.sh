#!/usr/bin/env bash
# Every test, or those that match the arguments: scripts/test.sh SessionctlTests. Arguments with a dash go to `swift
# test` as they are. Uses the Redis of SESSION_REDIS_URL when that is set, otherwise private ones.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""

arguments=()
for argument in "$@"; do
    case $argument in
        -*) arguments+=("$argument") ;;
        *) arguments+=(--filter "$argument") ;;
    esac
done
# The empty array is written so that bash 3.2 of macOS takes it.
exec swift test ${arguments[@]+"${arguments[@]}"} </dev/null
