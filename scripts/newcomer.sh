#!/usr/bin/env bash
# README from top to bottom, as a newcomer would take it: each of its shell blocks pasted into one shell, in a clean clone
# of what is committed here, with a private Redis in place of the one at 127.0.0.1:6379. Ends at the first command that
# fails. What is left out, it names. What the commands show is for the tests to look at.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""

directory=$(mktemp -d)
redis=
end() {
    [ -z "$redis" ] || { kill "$redis" && wait "$redis"; } 2>/dev/null || true
    rm -rf "$directory"
}
trap end EXIT

start_redis() {
    local try
    mkdir "$directory/redis"
    for try in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 12000))
        redis-server --bind 127.0.0.1 --port "$port" --save "" --dir "$directory/redis" >"$directory/redis/log" 2>&1 &
        redis=$!
        # Ours only if it is still there once somebody answers.
        for _ in $(seq 50); do
            kill -0 "$redis" 2>/dev/null || break
            if grep -q 'Ready to accept connections' "$directory/redis/log"; then return; fi
            sleep 0.1
        done
        kill "$redis" 2>/dev/null || true
    done
    setup_fail "cannot start a Redis: $(tail -n 3 "$directory/redis/log")"
}

# Prints why a command is left out; nothing when it is not.
reason_to_leave_out() {
    case $1 in
        scripts/test.sh*) echo "it takes long, and CI runs it besides" ;;
        scripts/example.sh*) echo "it runs until Ctrl-C; scripts/test-example.sh starts the same service" ;;
        scripts/test-example.sh*) echo "it takes long and installs a browser" ;;
    esac
}

start_redis
git diff --quiet HEAD || echo "newcomer: what is not committed is not in the clone" >&2
git clone --quiet "file://$PWD" "$directory/clone"

# README says redis-cli and means the Redis that is there by default.
mkdir "$directory/bin"
printf '#!/bin/sh\nexec %s -p %s "$@"\n' "$(command -v redis-cli)" "$port" >"$directory/bin/redis-cli"
chmod +x "$directory/bin/redis-cli"

pasted=$directory/pasted.sh
while IFS= read -r line; do
    reason=$(reason_to_leave_out "$line")
    if [ -n "$reason" ]; then
        echo "newcomer: left out: ${line%% *}: $reason"
    else
        printf '%s\n' "${line//127.0.0.1:6379/127.0.0.1:$port}" >>"$pasted"
    fi
done < <(sed -n '/^```sh$/,/^```$/{/^```/!p;}' "$directory/clone/README.md")
[ "$(wc -l <"$pasted")" -ge 10 ] || setup_fail "README has no commands"

cd "$directory/clone"
unset SESSION_REDIS_URL
# Each command is shown before it runs.
PATH=$directory/bin:$PATH bash -ev -o pipefail "$pasted" </dev/null
echo "newcomer: README works as it is written"
