# What the scripts that start servers for tests have in common. Sourced, not run: it reads `dir`, the
# server's own folder, `port`, and `marks`, words of which each of its processes has one on its
# command line.

# What the S3 servers among them know their only user by.
access_key=test-access-key
secret_key=test-secret-key

say() { echo "$(basename "$0"): $*" >&2; }

die() {
  say "$*"
  for log in "$dir"/*.log; do
    [ -f "$log" ] && { say "the end of $log:"; tail -n 15 "$log" >&2; }
  done
  exit 1
}

# A pid file may outlive its process, and the number may be somebody else's by now: only a process
# that was started with one of our marks is ours.
is_ours() {
  local patterns=() mark
  for mark in "${marks[@]}"; do patterns+=(-e "$mark"); done
  [ -r "/proc/$1/cmdline" ] && tr '\0' '\n' <"/proc/$1/cmdline" | grep -qxF "${patterns[@]}"
}

# launch NAME COMMAND…: runs a daemon in a session of its own and notes its process.
launch() {
  local name=$1
  shift
  setsid "$@" >>"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}

# stop_processes NAME…: ends those whose numbers are in NAME.pid, in that order.
stop_processes() {
  local name pid
  for name in "$@"; do
    [ -f "$dir/$name.pid" ] || continue
    pid=$(<"$dir/$name.pid")
    if is_ours "$pid"; then
      kill -TERM "$pid" || true
      wait_for 5 not is_ours "$pid" || kill -KILL "$pid" || true
    fi
  done
}

not() { ! "$@"; }

# answers PORT: something listens there.
answers() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_for SECONDS COMMAND…: polls until the command succeeds.
wait_for() {
  local tries=$(($1 * 10))
  shift
  while ! "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}

# install_debian PACKAGE…: nothing but them, and no service is started.
install_debian() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  say "installing $*"
  {
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qq -y --no-install-recommends "$@"
  } >&2
}

# install_go FOLDER PACKAGE VERSION: builds a program into a folder that is kept from run to run,
# unless it is there.
install_go() {
  local folder=$1 package=$2 version=$3
  local name=${package##*/}
  [ ! -x "$folder/$name" ] || return 0
  command -v go >/dev/null || die "Go is missing, which builds $name: https://go.dev/dl/"
  say "building $name $version"
  GOBIN=$folder go install "$package@$version" >&2 || die "$name could not be built"
}

# announce_s3 VARIABLE: says that an S3 server is up, and sets what the tests read of it, its bucket
# in VARIABLE.
announce_s3() {
  say "an S3 server answers at http://127.0.0.1:$port"
  cat <<END
export $1='s3://satchel-test?endpoint=http://127.0.0.1:$port'
export AWS_ACCESS_KEY_ID=$access_key
export AWS_SECRET_ACCESS_KEY=$secret_key
END
}

# start_or_stop "$@": what the scripts are asked for.
start_or_stop() {
  case ${1:-} in
    start) start ;;
    stop) stop ;;
    *)
      echo "usage: scripts/$(basename "$0") start|stop" >&2
      exit 2
      ;;
  esac
}
