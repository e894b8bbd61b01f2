#!/usr/bin/env bash
# A private redis-server on the Unix socket redis.sock in a directory of its own. Says "ready", its process ID and the
# directory. Both are gone when standard input ends: with whoever started it, however that ends.
set -euo pipefail
directory=$(mktemp -d)
server=
finish() {
    # KILL: it keeps nothing, and a test may have stopped it.
    [ -z "$server" ] || { kill -KILL "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$directory"
}
trap finish EXIT
trap 'exit 0' TERM INT

redis-server --dir "$directory" --unixsocket "$directory/redis.sock" --port 0 --save "" --appendonly no \
    --maxmemory-policy noeviction --hash-max-listpack-value 512 </dev/null >"$directory/redis.log" 2>&1 &
server=$!

until redis-cli -s "$directory/redis.sock" ping >/dev/null 2>&1; do
    if ! kill -0 "$server" 2>/dev/null; then
        tail -n 5 "$directory/redis.log" >&2
        exit 1
    fi
    sleep 0.05
done
echo "ready $server $directory"
while read -r _; do :; done
