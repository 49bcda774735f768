#!/usr/bin/env bash
# Brings the server of another Debian suite beside this machine's own, without installing anything:
#   scripts/get-server.sh <folder> <suite> <package>, as in: scripts/get-server.sh /tmp/servers trixie valkey-server
# Prints the path of a program that runs it, for REDIS_SERVER. It takes the machine's own package source, so it needs Debian.
set -euo pipefail

suite="$2"
package="$3"
mkdir -p "$1/$suite-$package"
home="$(cd "$1/$suite-$package" && pwd)"
program="$home/bin/redis-server"

fail() {
  echo "no $package of $suite: $1" >&2
  exit 1
}

# The archive that this machine installs from, with its updates left out.
find_archive() {
  apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -v security | head -1
}

# From here on, apt looks at that suite alone, and keeps what it finds in the folder.
configure_apt() {
  mkdir -p "$home"/apt/{state/lists/partial,cache/archives/partial} "$home"/packages
  : >"$home/apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $1 $suite main" >"$home/apt/sources.list"
  cat >"$home/apt/apt.conf" <<CONFIG
Dir::Etc::SourceList "$home/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State "$home/apt/state";
Dir::State::Status "$home/apt/status";
Dir::Cache "$home/apt/cache";
APT::Sandbox::User "root";
Acquire::Retries "1";
Acquire::http::Timeout "20";
CONFIG
  export APT_CONFIG="$home/apt/apt.conf"
}

# The server, its command line program, and the libraries that they need. A C library that is older than that of this machine
# is left out: programs for it run with this one as well.
list_packages() {
  local theirs ours left_out='^$'
  theirs="$(apt-cache show libc6 | sed -n 's/^Version: //p' | head -1)"
  ours="$(dpkg-query --show --showformat '${Version}' libc6)"
  if dpkg --compare-versions "$theirs" le "$ours"; then left_out='^libc6$'; fi
  echo "$package"
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$package" |
    grep -E "^(lib|lua|${package%-server}-tools)" | grep -vE "$left_out" | sort -u
}

unpack() {
  local archive
  for archive in "$home"/packages/*.deb; do dpkg-deb -x "$archive" "$home/root"; done
}

# Writes a program that runs another one of the package by a command.
write_program() {
  mkdir -p "$home/bin"
  printf '#!/bin/sh\nexec %s "$@"\n' "$2" >"$home/bin/redis-$1"
  chmod +x "$home/bin/redis-$1"
}

# A newer C library comes with a loader of its own.
write_programs() {
  local part found loader libraries run
  libraries="$(find "$home/root" -type d -name '*-linux-gnu' | paste -sd:)"
  loader="$(find "$home/root" -name 'ld-linux*.so.*' | head -1)"
  run="env LD_LIBRARY_PATH='$libraries'"
  if [ -n "$loader" ]; then run="'$loader' --library-path '$libraries'"; fi
  for part in server cli; do
    found="$(find "$home/root/usr/bin" -name "*-$part" | head -1)"
    write_program "$part" "$run '$found'"
  done
}

if ! "$program" --version >/dev/null 2>&1; then
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail 'this machine has no apt'
  archive="$(find_archive)"
  case "$archive" in *debian*) ;; *) fail 'this machine does not install from Debian' ;; esac
  configure_apt "$archive"
  apt-get update -qq >&2 || fail 'the package source does not answer'
  (cd "$home/packages" && apt-get download -qq $(list_packages) >&2) || fail 'it cannot be downloaded'
  unpack
  write_programs
  "$program" --version >/dev/null || fail 'it does not run here'
fi
echo "$program"
