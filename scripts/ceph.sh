#!/usr/bin/env bash
# A throw-away S3 server for tests: one monitor, one in-memory object store daemon and one
# gateway of Ceph, on loopback, without systemd and without any data that outlives `stop`.
#
#   eval "$(scripts/ceph.sh start)"     starts it and sets what the tests read: a plain bucket
#                                       and one that keeps versions
#   scripts/ceph.sh stop                stops it and removes its folder
#
# CEPH_DIR chooses its folder, CEPH_PORT the gateway's port; the monitor takes the two after it.
# On Debian, missing packages are installed. Only what the tests need is printed to stdout.
set -euo pipefail

dir=${CEPH_DIR:-${TMPDIR:-/tmp}/satchel-ceph}
port=${CEPH_PORT:-7480}
conf=$dir/ceph.conf
repository=$(cd "$(dirname "$0")/.." && pwd)
marks=("$conf")
. "$repository/scripts/test-server.sh"

stop() {
  stop_processes gateway osd mon
  [ ! -f "$conf" ] || rm -rf -- "$dir"
}

install_packages() {
  local program
  for program in ceph ceph-mon ceph-osd radosgw radosgw-admin; do
    command -v "$program" >/dev/null && continue
    install_debian radosgw ceph-mon ceph-osd
    return
  done
}

# Authentication between the daemons is off, and so their clients must ask for a mode without
# it (`crc`) or they wait for ever. The short paxos pauses make a start take seconds.
write_configuration() {
  cat >"$conf" <<END
[global]
  fsid = $1
  mon initial members = only
  mon host = [v2:127.0.0.1:$((port + 1))/0,v1:127.0.0.1:$((port + 2))/0]
  public addr = 127.0.0.1
  cluster addr = 127.0.0.1
  auth supported = none
  auth cluster required = none
  auth service required = none
  auth client required = none
  run dir = $dir
  admin socket = $dir/\$name.sock
  log file = $dir/\$name.log
  osd pool default size = 1
  osd pool default min size = 1
  osd pool default pg num = 2
  osd pool default pg autoscale mode = off
  osd crush chooseleaf type = 0
  mon max pg per osd = 1000
  paxos propose interval = 0.05
  paxos min wait = 0.01
[mon]
  mon data = $dir/mon
  mon allow pool size one = true
  mon data avail crit = 1
[osd]
  osd data = $dir/osd
  osd objectstore = memstore
  memstore device bytes = 1073741824
[client]
  ms mon client mode = crc secure
  rgw data = $dir/gateway
  rgw run sync thread = false
  rgw enable usage log = false
  rgw dynamic resharding = false
END
}

admin() { ceph -c "$conf" --connect-timeout 20 "$@"; }

osd_is_up() { admin osd stat 2>/dev/null | grep -q '1 up'; }

make_bucket() {
  AWS_ACCESS_KEY_ID=$access_key AWS_SECRET_ACCESS_KEY=$secret_key \
    "$repository/node_modules/.bin/node" "$repository/scripts/make-bucket.ts" "$@"
}

start() {
  stop
  answers "$port" && die "port $port is taken; choose another with CEPH_PORT"
  install_packages
  mkdir -p "$dir"/{mon,osd,gateway}
  local fsid osd_id
  fsid=$(</proc/sys/kernel/random/uuid)
  osd_id=$(</proc/sys/kernel/random/uuid)
  write_configuration "$fsid"

  {
    monmaptool --create --fsid "$fsid" --addv only \
      "[v2:127.0.0.1:$((port + 1))/0,v1:127.0.0.1:$((port + 2))/0]" "$dir/monmap"
    ceph-mon -c "$conf" -i only --mkfs --monmap "$dir/monmap"
  } >"$dir/setup.log" 2>&1 || die "the monitor could not be prepared"
  launch mon ceph-mon -c "$conf" -i only -f
  {
    admin mon stat && admin osd new "$osd_id" &&
      ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd_id"
  } >>"$dir/setup.log" 2>&1 || die "the object store daemon could not be prepared"
  launch osd ceph-osd -c "$conf" -i 0 -f
  wait_for 20 osd_is_up || die "the object store daemon did not come up"

  radosgw-admin -c "$conf" user create --uid tester --display-name Tester \
    --access-key "$access_key" --secret-key "$secret_key" >>"$dir/setup.log" 2>&1 ||
    die "the test user could not be made"
  launch gateway radosgw -c "$conf" -n client.gateway -f \
    --rgw-frontends="beast endpoint=127.0.0.1:$port tcp_nodelay=1"
  wait_for 60 answers "$port" || die "the gateway did not come up"
  make_bucket "s3://satchel-test-versioned?endpoint=http://127.0.0.1:$port" --versioned \
    >>"$dir/setup.log" 2>&1 || die "the versioned bucket could not be made"
  announce_s3 SATCHEL_TEST_S3
  echo "export SATCHEL_TEST_S3_VERSIONED='s3://satchel-test-versioned?endpoint=http://127.0.0.1:$port'"
}

start_or_stop "$@"
