#!/bin/sh
# Installs Tweetup Wall on Debian 12 or newer: system libraries and fonts, a private environment with exact versions,
# and the command `kiosk`. Run it again to update; what is already there is left alone.
#
#   sh assets/install.sh               as root into /opt/kiosk, otherwise into your data folder
#   sh assets/install.sh --service     and a user `kiosk` with the unit kiosk.service, for a venue
#   sh assets/install.sh --libraries   only the system libraries and fonts
set -eu

# What Qt's wheel does not bring, and fonts for what the hall writes.
NEEDED="libegl1 libgl1 libglib2.0-0 libfontconfig1 libfreetype6 libdbus-1-3 libxkbcommon0 libxkbcommon-x11-0 libx11-xcb1
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
  libxcb-xkb1 libxcb-xinerama0 libxss1 ca-certificates"
FONTS="fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji"

here=$(cd "$(dirname "$0")/.." && pwd)
service=no
only_libraries=no

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0"; }
step() { printf '\n[%s] %s\n' "$1" "$2"; }
say() { printf '    %s\n' "$1"; }
stop() { printf '\ninstall.sh: %s\n' "$1" >&2; exit 1; }

for argument in "$@"; do
  case $argument in
    --service) service=yes ;;
    --libraries) only_libraries=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; printf '\ninstall.sh: unknown argument %s\n' "$argument" >&2; exit 2 ;;
  esac
done

root=no
[ "$(id -u)" -eq 0 ] && root=yes
[ "$service" = no ] || [ "$root" = yes ] || stop "--service adds a user and a unit, so it must run as root: sudo sh $0 --service"
case $(python3 -c 'import sys; print(sys.version_info >= (3, 11))' 2>&1) in
  True) ;;
  *) stop "Python 3.11 or newer is missing; install the packages python3, python3-pip and python3-venv." ;;
esac

absent() { # the packages of the arguments that are not installed
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
  done
}

libraries() {
  if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian; install the equivalents of: $(echo $NEEDED $FONTS)"
    return
  fi
  missing=$(absent $NEEDED $FONTS)
  if [ -z "$missing" ]; then
    say "all there"
    return
  fi
  say "installing: $missing"
  privilege=
  if [ "$root" = no ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      privilege="sudo -n"
    else
      [ -z "$(absent $NEEDED)" ] || stop "System libraries are missing and only an administrator can install them: apt-get install $missing"
      say "Fonts are missing, some scripts will show empty boxes; an administrator can install them: apt-get install $missing"
      return
    fi
  fi
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if ! { $privilege apt-get update && $privilege apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 12 "$log" >&2
    rm -f "$log"
    stop "apt-get could not install $missing; the lines above say why."
  fi
  rm -f "$log"
  say "installed"
}

step 1/4 "System libraries and fonts"
libraries
[ "$only_libraries" = no ] || exit 0

if [ "$root" = yes ]; then
  home=/opt/kiosk
  commands=/usr/local/bin
else
  home=${XDG_DATA_HOME:-$HOME/.local/share}/kiosk
  commands=$HOME/.local/bin
fi

step 2/4 "The program and its dependencies, in $home"
python3 -c 'import venv, ensurepip' 2>/dev/null || stop "Python's venv is missing; install the package python3-venv."
[ -f "$here/assets/demo.wall" ] || stop "$here is not a whole checkout: assets/demo.wall is missing."
release=$(cd "$here" && find pyproject.toml kiosk assets kiosk.service -type f ! -path '*/__pycache__/*' -print0 \
  | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-12)
venv=$home/releases/$release
if [ -f "$venv/complete" ]; then
  say "release $release is already there"
else
  rm -rf "$venv"
  mkdir -p "$home/releases"
  python3 -m venv "$venv"
  total=$(grep -c '^[a-z0-9-]*==' "$here/assets/constraints.txt")
  say "downloading $total packages; the largest has 75 MB"
  "$venv/bin/python" -m pip install --no-input --disable-pip-version-check --progress-bar off --require-hashes \
    -r "$here/assets/constraints.txt" 2>"$venv/pip.log" \
    | awk -v total="$total" '/^Collecting /{n++; printf "    %2d/%d %s\n", n, total, $2; fflush()} /^Installing/{print "    unpacking"; fflush()}'
  "$venv/bin/python" -c 'import PySide6, apsw, httpx, msgspec, pebble, PIL, pi_heif, qasync, selectolax' 2>>"$venv/pip.log" || {
    tail -n 12 "$venv/pip.log" >&2
    stop "The dependencies could not be installed; the lines above say why. Is the package index reachable?"
  }
  copy=$(mktemp -d)
  (cd "$here" && cp -R pyproject.toml README.md LICENSE kiosk "$copy/")
  "$venv/bin/python" -m pip install --no-input --disable-pip-version-check --quiet --no-deps --no-index \
    --no-build-isolation "$copy"
  rm -rf "$copy"
  mkdir -p "$venv/share/kiosk/assets"
  cp -R "$here/assets/demo.wall" "$here/assets/fonts" "$here/assets/themes" "$here/assets/words" "$venv/share/kiosk/assets/"
  "$venv/bin/python" -m compileall -q "$venv/lib" >/dev/null 2>&1 || true
  touch "$venv/complete"
  say "release $release is complete"
fi
ln -sfn "releases/$release" "$home/current.new" && mv -T "$home/current.new" "$home/current"
ls -1t "$home/releases" | tail -n +3 | while read -r old; do rm -rf "${home:?}/releases/$old"; done

step 3/4 "The command"
mkdir -p "$commands"
ln -sfn "$home/current/bin/kiosk" "$commands/kiosk"
"$commands/kiosk" --version | sed 's/^/    /'
case :$PATH: in
  *:"$commands":*) ;;
  *) say "$commands is not in your PATH yet: run  export PATH=\"$commands:\$PATH\"  or log in anew." ;;
esac

step 4/4 "The service"
if [ "$service" = no ]; then
  say "not asked for (--service)"
else
  id kiosk >/dev/null 2>&1 || useradd --system --home-dir /var/lib/kiosk --shell /usr/sbin/nologin kiosk
  install -d -m 700 -o kiosk -g kiosk /var/lib/kiosk
  mkdir -p /etc/kiosk/credentials
  chmod 700 /etc/kiosk/credentials
  if [ ! -f /etc/kiosk/event.toml ]; then
    kiosk init /etc/kiosk/event.toml >/dev/null
    sed -i 's|^#* *file = .*|file = "/var/lib/kiosk/event.wall"|' /etc/kiosk/event.toml
    say "wrote /etc/kiosk/event.toml; edit it, then: kiosk check /etc/kiosk/event.toml"
  fi
  install -m 644 "$here/kiosk.service" /etc/systemd/system/kiosk.service
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable kiosk.service >/dev/null 2>&1
    say "enabled; start it with: systemctl start kiosk"
  else
    say "systemd does not run here; the unit starts with the next boot once enabled: systemctl enable kiosk"
  fi
fi
printf '\nReady. Try: kiosk demo\n'
