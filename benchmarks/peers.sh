#!/usr/bin/env bash
# Finds the programs that the benchmarks compare with, or installs them into a cache of their own;
# nothing of the system is changed.
#
#   benchmarks/peers.sh          prints a line NAME=PATH for each that is there
#
# For each it takes the first of: the release named below, built by Go, now or before; the program on
# the PATH; the package of Debian, unpacked, which may be years old. One that cannot be had is said
# to be missing, and the benchmarks go on without it. SATCHEL_BENCH_BIN chooses the cache.
set -euo pipefail

bin=${SATCHEL_BENCH_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/satchel-tests/bin}

say() { echo "$(basename "$0"): $*" >&2; }

# build FILE PACKAGE MODULE VERSION: quiet unless it fails, and then only the last line of why. It
# builds in a new module that requires this release alone, and the Go that the release asks for: "go
# install" would first ask for a list of all versions, which some proxies do not give.
build() {
  local file=$1 package=$2 module=$3 version=$4
  command -v go >/dev/null || return 1
  say "building $package $version"
  local folder words code=0
  folder=$(mktemp -d) || return 1
  words=$(
    exec 2>&1
    cd "$folder" && go mod init bench && go mod edit -require "$module@$version" &&
      go mod download -json "$module@$version" >release.json &&
      go mod edit -go="$(sed -n 's/^go //p' "$(sed -n 's/.*"GoMod": "\(.*\)".*/\1/p' release.json)")" &&
      go build -mod=mod -o program "$package" && mv program "$file.part" && mv "$file.part" "$file"
  ) || code=$?
  rm -rf -- "$folder"
  [ "$code" = 0 ] || say "$package could not be built: $(tail -n 1 <<<"$words")"
  return "$code"
}

# unpack NAME FILE: Debian's package, without installing it.
unpack() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  local folder
  folder=$(mktemp -d) || return 1
  (cd "$folder" && apt-get download -qq "$1" >/dev/null 2>&1 && dpkg -x ./*.deb .) &&
    [ -x "$folder/usr/bin/$1" ] && mv "$folder/usr/bin/$1" "$2.part" && mv "$2.part" "$2"
  rm -rf -- "$folder"
  [ -x "$2" ]
}

# find_peer PACKAGE MODULE VERSION
find_peer() {
  local name=${1##*/} version=$3
  local built=$bin/$name-$version unpacked=$bin/$name-debian path
  if [ -x "$built" ] || build "$built" "$1" "$2" "$version"; then
    echo "$name=$built"
  elif path=$(command -v "$name"); then
    say "$name is $path instead"
    echo "$name=$path"
  elif [ -x "$unpacked" ] || unpack "$name" "$unpacked"; then
    say "$name is Debian's package instead"
    echo "$name=$unpacked"
  else
    say "$name is missing"
  fi
}

mkdir -p "$bin"
bin=$(cd "$bin" && pwd)
find_peer github.com/versity/versitygw/cmd/versitygw github.com/versity/versitygw v1.8.0
find_peer github.com/rclone/rclone github.com/rclone/rclone v1.76.0
find_peer github.com/restic/restic/cmd/restic github.com/restic/restic v0.19.1
find_peer github.com/kopia/kopia github.com/kopia/kopia v0.23.1
# A shim of pyenv starts a shell of its own first: what it stands for is measured.
if path=$(pyenv which aws 2>/dev/null || command -v aws); then echo "aws=$path"; else say "aws is missing"; fi
