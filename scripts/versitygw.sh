#!/usr/bin/env bash
# A throw-away S3 server for tests: Versity's gateway before a folder, on loopback, without any
# data that outlives `stop`.
#
#   eval "$(scripts/versitygw.sh start)"     starts it and sets what the tests read
#   scripts/versitygw.sh stop                stops it and removes its folder
#
# VERSITYGW_DIR chooses its folder, VERSITYGW_PORT its port, VERSITYGW_BIN where the program is
# kept from run to run. Where it is missing it is built, which takes Go and a minute. Only what
# the tests need is printed to stdout.
set -euo pipefail

version=v1.8.0
dir=${VERSITYGW_DIR:-${TMPDIR:-/tmp}/satchel-versitygw}
port=${VERSITYGW_PORT:-7495}
bin=${VERSITYGW_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/satchel-tests/versitygw-$version}
data=$dir/data
marks=("$data")
. "$(dirname "$0")/test-server.sh"

stop() {
  stop_processes gateway
  [ ! -d "$data" ] || rm -rf -- "$dir"
}

start() {
  stop
  answers "$port" && die "port $port is taken; choose another with VERSITYGW_PORT"
  install_go "$bin" github.com/versity/versitygw/cmd/versitygw "$version"
  mkdir -p "$data" "$dir/metadata"
  # Metadata in files beside the data: not every file system has extended attributes.
  launch gateway env ROOT_ACCESS_KEY=$access_key ROOT_SECRET_KEY=$secret_key "$bin/versitygw" \
    --port "127.0.0.1:$port" --quiet posix --sidecar "$dir/metadata" "$data"
  wait_for 20 answers "$port" || die "the gateway did not come up"
  announce_s3 SATCHEL_TEST_VERSITY
}

start_or_stop "$@"
