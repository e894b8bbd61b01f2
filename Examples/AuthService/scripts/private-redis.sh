#!/usr/bin/env bash
# A private redis-server on the Unix socket redis.sock in the directory $1. Says "ready" and its process ID, and ends
# when its standard input does: so it outlives whoever started it for no reason at all.
set -euo pipefail
directory=$1

redis-server --dir "$directory" --unixsocket "$directory/redis.sock" --port 0 --save "" --appendonly no \
    --maxmemory-policy noeviction --hash-max-listpack-value 512 </dev/null >"$directory/redis.log" 2>&1 &
server=$!
# KILL: it keeps nothing, and a test may have stopped it.
trap 'kill -KILL "$server" 2>/dev/null || true' EXIT
trap 'exit 0' TERM INT

until redis-cli -s "$directory/redis.sock" ping >/dev/null 2>&1; do
    if ! kill -0 "$server" 2>/dev/null; then
        tail -n 5 "$directory/redis.log" >&2
        exit 1
    fi
    sleep 0.05
done
echo "ready $server"
while read -r _; do :; done
