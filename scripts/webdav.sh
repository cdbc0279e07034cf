#!/usr/bin/env bash
# Two throw-away WebDAV servers for tests: Apache's mod_dav and "rclone serve webdav", each over a
# folder of its own, on loopback, with a password, and without any data that outlives `stop`.
#
#   eval "$(scripts/webdav.sh start)"     starts them and sets what the tests read
#   scripts/webdav.sh stop                stops them and removes their folder
#
# WEBDAV_DIR chooses the folder, WEBDAV_PORT the port of Apache; rclone takes the one after it.
# On Debian, missing packages are installed. Only what the tests need is printed to stdout.
set -euo pipefail

dir=${WEBDAV_DIR:-${TMPDIR:-/tmp}/satchel-webdav}
port=${WEBDAV_PORT:-7490}
rclone_port=$((port + 1))
conf=$dir/apache.conf
modules=/usr/lib/apache2/modules
user=test-user
password=test-password
marks=("$conf" "$dir/rclone")
. "$(dirname "$0")/test-server.sh"

stop() {
  stop_processes apache rclone
  [ ! -f "$conf" ] || rm -rf -- "$dir"
}

# apache2-bin is the server without the service that the package "apache2" would start.
install_packages() {
  [ -x /usr/sbin/apache2 ] && command -v rclone >/dev/null && return
  install_debian apache2-bin rclone
}

# Apache refuses to serve as root, so there its workers are nobody, who must own what they write.
write_configuration() {
  local identity=''
  if [ "$(id -u)" = 0 ]; then
    identity=$'User nobody\nGroup nogroup'
    chown nobody:nogroup "$dir/apache" "$dir/apache/dav" "$dir/locks"
    chmod 755 "$dir"
  fi
  # The SHA-1 of the password above: quick to check, and a test's password needs no better.
  echo "$user:{SHA}eJy+BAeECxwgQcszRS/2Dxm/WMw=" >"$dir/users"
  cat >"$conf" <<END
ServerName 127.0.0.1
Listen 127.0.0.1:$port
ServerRoot $dir
DocumentRoot $dir/apache
PidFile $dir/apache.pid
ErrorLog $dir/apache-error.log
DefaultRuntimeDir $dir
$identity
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authn_file_module $modules/mod_authn_file.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
LoadModule auth_basic_module $modules/mod_auth_basic.so
LoadModule dav_module $modules/mod_dav.so
LoadModule dav_fs_module $modules/mod_dav_fs.so
DavLockDB $dir/locks/db
<Location /dav>
  Dav On
  AuthType Basic
  AuthName "Test servers"
  AuthUserFile $dir/users
  Require valid-user
</Location>
END
}

start() {
  stop
  local taken
  for taken in "$port" "$rclone_port"; do
    answers "$taken" && die "port $taken is taken; choose others with WEBDAV_PORT"
  done
  install_packages
  mkdir -p "$dir"/{apache/dav,locks,rclone}
  write_configuration
  launch apache /usr/sbin/apache2 -f "$conf" -D FOREGROUND
  launch rclone rclone serve webdav "$dir/rclone" --config /dev/null \
    --addr "127.0.0.1:$rclone_port" --baseurl /dav --user "$user" --pass "$password"
  wait_for 20 answers "$port" || die "Apache did not come up"
  wait_for 20 answers "$rclone_port" || die "rclone did not come up"
  say "Apache answers at http://127.0.0.1:$port/dav, rclone at http://127.0.0.1:$rclone_port/dav"
  cat <<END
export SATCHEL_TEST_DAV_APACHE='dav://127.0.0.1:$port/dav?user=$user'
export SATCHEL_TEST_DAV_RCLONE='dav://127.0.0.1:$rclone_port/dav?user=$user'
export SATCHEL_WEBDAV_PASSWORD=$password
END
}

start_or_stop "$@"
