#!/usr/bin/env bash
# How fast sessions are looked up, beside redis-benchmark on the same keys in the same run. Arguments go to
# `sessionctl bench`, such as --concurrency 64.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""

swift build -c release --product sessionctl >&2
exec "$(swift build -c release --product sessionctl --show-bin-path)/sessionctl" bench "$@"
