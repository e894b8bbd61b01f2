#!/usr/bin/env bash
# A guided tour with real output, on a private Redis. Installs what is missing and builds first. Arguments go to
# `sessionctl demo`, such as --redis redis://127.0.0.1:6379.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""

swift build --product sessionctl >&2
exec "$(swift build --product sessionctl --show-bin-path)/sessionctl" demo "$@"
