#!/usr/bin/env bash
# Builds the documentation of the public modules. Whatever DocC warns of is an error, and so is a public symbol without
# documentation. Says where the archives are; `docc preview` or any web server shows them.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""
command -v python3 >/dev/null || setup_fail "python3 is missing, which reads the symbol graphs"

# Package.swift then knows the plugin, which users of the library do not fetch.
export SESSION_REPOSITORY_DOCUMENTATION=1
modules=(SessionRepository SessionRepositoryTesting SessionRepositoryConfiguration)

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2046
swift package generate-documentation $(printf -- '--target %s ' "${modules[@]}") --warnings-as-errors \
    </dev/null >"$log" 2>&1 || { grep -vE '^\[[0-9]+/' "$log" >&2; exit 1; }

graphs=()
for module in "${modules[@]}"; do
    graph=$(find .build/*/extracted-symbols -path "*/$module/*" -name "$module*.symbols.json")
    [ -n "$graph" ] || setup_fail "there is no symbol graph of $module"
    while IFS= read -r file; do graphs+=("$file"); done <<<"$graph"
done

# The check itself is checked: without the first comment it must fail.
broken=$log.symbols.json
trap 'rm -f "$log" "$broken"' EXIT
sed 's/"docComment":/"noComment":/' "${graphs[0]}" >"$broken"
! python3 scripts/docs/undocumented.py "$broken" >/dev/null || setup_fail "undocumented symbols are not found"
python3 scripts/docs/undocumented.py "${graphs[@]}"
for module in "${modules[@]}"; do echo "$PWD/.build/plugins/Swift-DocC/outputs/$module.doccarchive"; done
