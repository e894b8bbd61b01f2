#!/usr/bin/env bash
# Starts the example service of Examples/AuthService on a private Redis, and says where it is and who can sign in.
# Ctrl-C ends both. Arguments go to the service, such as --port 8081.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh ""
cd Examples/AuthService

swift build --product auth-service >&2
service=$(swift build --product auth-service --show-bin-path)/auth-service

# Redis ends with this script, however that ends: its standard input is then at its end.
pipes=$(mktemp -d)
mkfifo "$pipes/answer" "$pipes/life"
scripts/private-redis.sh <"$pipes/life" >"$pipes/answer" &
redis=$!
exec 3>"$pipes/life"
trap 'exec 3>&-; wait "$redis" || true' EXIT
read -r _ _ directory <"$pipes/answer"
rm -r "$pipes"

cat <<'ACCOUNTS'
Who can sign in, on as many browsers as you like (a private window is one more):
  maya   correct horse    a member of Acme Instruments
  noah   battery staple   its administrator: allows support access and revokes it
  vera   paper lantern    the administrator of Globex Freight
  grace  silver bridge    support: sees an organization while it allows that
Ctrl-C ends the service, its Redis and all sessions.
ACCOUNTS
"$service" --plain-loopback --demonstration --redis "redis+unix://$directory/redis.sock" "$@" 3>&- || [ $? = 130 ]
