#!/usr/bin/env bash
# Finds the programs that the benchmarks compare with, or installs them into a cache of their own;
# nothing of the system is changed.
#
#   benchmarks/peers.sh          prints a line NAME=PATH for each that is there
#
# For each it takes the first of: what was installed before; the newest release, built by Go; the
# program on the PATH; the package of Debian, unpacked. One that cannot be had is said to be missing,
# and the benchmarks go on without it. SATCHEL_BENCH_BIN chooses the cache.
set -euo pipefail

bin=${SATCHEL_BENCH_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/satchel-tests/bin}
versity=v1.8.0

say() { echo "$(basename "$0"): $*" >&2; }

# build NAME MODULE: quiet unless it fails, and then only the last line of why.
build() {
  command -v go >/dev/null || return 1
  say "building $1 ($2)"
  local words
  words=$(GOBIN=$bin go install "$2" 2>&1) && return 0
  say "$1 could not be built: $(tail -n 1 <<<"$words")"
  return 1
}

# unpack NAME: Debian's package, without installing it.
unpack() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  local folder
  folder=$(mktemp -d)
  if (cd "$folder" && apt-get download -qq "$1" >/dev/null 2>&1 && dpkg -x ./*.deb .) &&
    [ -x "$folder/usr/bin/$1" ]; then
    cp "$folder/usr/bin/$1" "$bin/$1"
  fi
  rm -rf -- "$folder"
  [ -x "$bin/$1" ]
}

# find_peer NAME MODULE
find_peer() {
  if [ ! -x "$bin/$1" ] && ! build "$1" "$2"; then
    local path
    if path=$(command -v "$1"); then
      echo "$1=$path"
      return
    fi
    unpack "$1" || { say "$1 is missing"; return; }
  fi
  echo "$1=$bin/$1"
}

mkdir -p "$bin"
find_peer versitygw "github.com/versity/versitygw/cmd/versitygw@$versity"
find_peer rclone github.com/rclone/rclone@latest
find_peer restic github.com/restic/restic/cmd/restic@latest
# A shim of pyenv starts a shell of its own first: what it stands for is measured.
if path=$(pyenv which aws 2>/dev/null || command -v aws); then echo "aws=$path"; else say "aws is missing"; fi
