#!/usr/bin/env bash
# Starts docker-compose.yml with temporary secrets, waits until the API is healthy and the machines of the simulated
# partition have registered, and removes everything. Requires Docker with Compose, curl, openssl and sudo.
#
#   scripts/compose-smoke.sh
set -euo pipefail
cd "$(dirname "$0")/.."

api=http://127.0.0.1:8080/metal
machines=12
minutes=5

for existing in certificates encryption.key; do
  [ ! -e "$existing" ] || { echo "\"$existing\" exists: move it away first" >&2; exit 1; }
done

export COMPOSE_PROJECT_NAME=metal-api-smoke
for name in METAL_HMAC_VIEW_KEY METAL_HMAC_EDIT_KEY METAL_HMAC_ADMIN_KEY METAL_TOKEN_KEY METAL_DB_PASSWORD \
  METAL_NATS_API_PASSWORD METAL_NATS_FRA_EQU01_PASSWORD METAL_NATS_FRA_EQU02_PASSWORD; do
  export "$name=s$(openssl rand -hex 24)" # NATS would parse a value that begins with a digit as a number
done
export METAL_ENCRYPTION_KEY_FILE=$PWD/encryption.key

finish() {
  local status=$?
  [ "$status" -eq 0 ] || docker compose logs --tail 100 || true
  docker compose down --volumes --remove-orphans || true
  sudo rm -rf certificates encryption.key
  return "$status"
}
trap finish EXIT

# 1000 is the user of the image.
openssl rand -base64 32 >encryption.key
chmod 600 encryption.key
sudo chown 1000 encryption.key
sudo deploy/make-certificates.sh -u 1000 fra-equ01

docker compose up --build --detach

wait_for() { # wait_for WHAT COMMAND...: repeats the command until it succeeds
  local what=$1 deadline=$((SECONDS + 60 * minutes))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "timeout after $minutes minutes: $what" >&2; return 1; }
    sleep 2
  done
  echo "ok: $what"
}

healthy() { curl --silent --fail "$api/v1/health" | grep -q '^{"status":"healthy"'; }
wait_for 'the API is healthy' healthy

token=$(docker compose exec -T metal-api node dist/main.js token --subject smoke --role viewer --expires-in 1h)
registered() {
  local found
  found=$(curl --silent --fail --header "Authorization: Bearer $token" "$api/v1/machine" | grep -o '"rackid":"' | wc -l)
  [ "$found" -ge "$machines" ]
}
wait_for "$machines machines are registered" registered
