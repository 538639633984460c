#!/bin/sh
# Installs the system packages that only tests need: an X server, and real servers for mail, SFTP and the Mastodon API.
# Run by tests/run.sh; as root, or where sudo asks nothing. What cannot be had is said; its tests are then skipped.
set -eu

have() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

export DEBIAN_FRONTEND=noninteractive
for package in xvfb xauth fontconfig systemd dovecot-imapd openssh-server openssh-client g++ make; do have "$package" || wanted="${wanted:-} $package"; done
if [ -n "${wanted:-}" ]; then
  echo "    installing:$wanted"
  { root apt-get update && root apt-get install -y --no-install-recommends $wanted; } >/dev/null 2>&1 \
    || echo "    could not install:$wanted"
fi

have snac2 && exit 0
# snac2 stands in bookworm-backports; a source for it is made, for this call only, from the one the machine uses.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | grep -E '^deb ' >"$folder/own" || true
if [ -s "$folder/own" ]; then
  where=$(sed -E 's/^deb +(\[[^]]*\] +)?//' "$folder/own" | awk '{print $1; exit}')
else
  where=$(awk '/^URIs:/{print $2; exit}' /etc/apt/sources.list.d/*.sources)
fi
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
parts=$folder/parts
mkdir "$parts"
cp /etc/apt/sources.list "$parts/own.list" 2>/dev/null || true
cp /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources "$parts/" 2>/dev/null || true
printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
  "$where" "$release" >"$parts/backports.sources"
only="-o Dir::Etc::sourcelist=$parts/backports.sources -o Dir::Etc::sourceparts=/dev/null -o APT::Get::List-Cleanup=0"
both="-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$parts"
if root apt-get $only update >"$folder/log" 2>&1 \
  && root apt-get $both install -y --no-install-recommends -t "$release-backports" snac2 >>"$folder/log" 2>&1; then
  echo "    installed: snac2 from $release-backports"
else
  tail -n 5 "$folder/log"
  echo "    could not install snac2: tests against the real server are skipped"
fi
