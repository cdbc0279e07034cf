#!/usr/bin/env bash
# A throw-away S3 server for tests: MinIO over one folder, on loopback, without any data that
# outlives `stop`.
#
#   eval "$(scripts/minio.sh start)"     starts it and sets what the tests read
#   scripts/minio.sh stop                stops it and removes its folder
#
# MINIO_DIR chooses its folder, MINIO_PORT its port (the console takes the one after it), MINIO_BIN
# where the program is kept from run to run. Where it is missing it is built, which takes Go and
# three minutes. Only what the tests need is printed to stdout.
set -euo pipefail

# The last commit of its public sources.
version=v0.0.0-20260212201848-7aac2a2c5b7c
dir=${MINIO_DIR:-${TMPDIR:-/tmp}/satchel-minio}
port=${MINIO_PORT:-7500}
bin=${MINIO_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/satchel-tests/minio-$version}
data=$dir/data
marks=("$data")
. "$(dirname "$0")/test-server.sh"

stop() {
  stop_processes server
  [ ! -d "$data" ] || rm -rf -- "$dir"
}

# Its port answers before it knows its own disk; until then it refuses requests with 503.
server_is_ready() {
  local status
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
  printf 'GET /minio/health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
  read -r -t 5 _ status _ <&3 || status=''
  exec 3>&-
  [ "$status" = 200 ]
}

start() {
  stop
  answers "$port" && die "port $port is taken; choose another with MINIO_PORT"
  install_go "$bin" github.com/minio/minio "$version"
  mkdir -p "$data"
  # Without the environment of whoever starts it, and without asking for news of itself.
  launch server env -i HOME="$dir" PATH="$PATH" MINIO_ROOT_USER=$access_key \
    MINIO_ROOT_PASSWORD=$secret_key MINIO_BROWSER=off MINIO_UPDATE=off "$bin/minio" server --quiet \
    --address "127.0.0.1:$port" --console-address "127.0.0.1:$((port + 1))" "$data"
  wait_for 60 server_is_ready || die "the server did not come up"
  announce_s3 SATCHEL_TEST_MINIO
}

start_or_stop "$@"
