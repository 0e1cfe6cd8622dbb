#!/usr/bin/env bash
# Install the kiosk of this checkout on 64-bit Raspberry Pi OS Lite, Bookworm or Trixie. Doing it twice changes nothing.
#   sudo deploy/install.sh                first installation, and after every change of the pinmap
#   sudo deploy/install.sh update         make this checkout the running version; goes back by itself if it does not run
#   sudo deploy/install.sh rollback       back to the version before
#   sudo deploy/install.sh uninstall      take everything away but the data (with --purge, the data too)
# --dry-run prints every step and does none. --root DIR works on the system below DIR (chroot), such as a mounted card.
set -euo pipefail
umask 022

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
base=/opt/charging-kiosk
data=/var/lib/kiosk
user=kiosk
groups=gpio,i2c,dialout,video,input,render
units=(kiosk-display.service kiosk.service)
# What a release is made of. The pinmap is not: it is the operator's, in the data directory.
payload=(kiosk hardware sessions deploy scripts docs pyproject.toml README.md LICENSE requirements.lock
    requirements-build.lock requirements-tools.lock requirements-dev.lock)
packages=(python3 python3-tk python3-venv python3-lgpio xinit xserver-xorg-core xserver-xorg-input-libinput
    x11-xserver-utils fonts-noto-core fonts-roboto-unhinted)
# Where each file of deploy/ belongs: source, target, mode.
files=(
    "kiosk.service /etc/systemd/system/kiosk.service 644"
    "kiosk-display.service /etc/systemd/system/kiosk-display.service 644"
    "kiosk-stick.service /etc/systemd/system/kiosk-stick.service 644"
    "kiosk-stick.path /etc/systemd/system/kiosk-stick.path 644"
    "watchdog.conf /etc/systemd/system.conf.d/10-charging-kiosk.conf 644"
    "xorg.conf /etc/X11/xorg.conf.d/10-charging-kiosk.conf 644"
    "modules.conf /etc/modules-load.d/charging-kiosk.conf 644"
    "udev.rules /etc/udev/rules.d/60-charging-kiosk.rules 644"
    "kiosk-command /usr/local/bin/kiosk 755"
)
releases_kept=3
# So long a new version must run without a restart before it is believed: past the watchdog's first judgement (20 s).
settle_s=30

verb=install root='' dry='' purge='' reboot=''

say() { echo "install: $*"; }
die() {
    say "cannot go on: $1" >&2
    shift
    for line in "$@"; do say "  $line" >&2; done
    exit 1
}
# What a machine lacks. A dry run only says so: whoever wants to read the steps need not be at a Pi.
refuse() {
    [[ $dry ]] || die "$@"
    say "without --dry-run this would be refused: $1"
}
usage() {
    sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}
# Does a step, or says it. in_root does it in the system that is being installed.
run() { if [[ $dry ]]; then echo "+ $*"; else "$@"; fi; }
in_root() { if [[ $root ]]; then chroot "$root" "$@"; else "$@"; fi; }
in_root_run() { if [[ $dry ]]; then echo "+ $*"; else in_root "$@"; fi; }
# `kiosk` of the release in use, as root or as its own user.
kiosk() { in_root "$base/current/.venv/bin/kiosk" "$@"; }
as_kiosk() { in_root runuser -u "$user" -- "$base/current/.venv/bin/kiosk" "$@" --data "$data"; }

read_options() {
    while (($#)); do
        case $1 in
            install | update | rollback | uninstall) verb=$1 ;;
            --uninstall) verb=uninstall ;;
            --dry-run) dry=1 ;;
            --purge) purge=1 ;;
            --root)
                root=${2-}
                [[ -d $root ]] || die "--root names a directory, and '$root' is none."
                root=$(cd "$root" && pwd)
                [[ $root != / ]] || root=''
                shift
                ;;
            *) usage ;;
        esac
        shift
    done
}

check_machine() {
    local system architecture
    if ((EUID != 0)) && [[ ! $dry && ! $root ]]; then die "this needs root." "Run: sudo $0 $verb"; fi
    system=$(sed -n 's/^VERSION_CODENAME=//p' "$root/etc/os-release" 2>/dev/null || true)
    architecture=$(in_root dpkg --print-architecture 2>/dev/null || uname -m)
    [[ $system == bookworm || $system == trixie ]] ||
        refuse "this is ${system:-no Debian}; the kiosk needs Raspberry Pi OS Bookworm or Trixie."
    [[ $architecture == arm64 ]] ||
        refuse "this system is $architecture; the kiosk needs the 64-bit one (arm64)." "Write the card anew with Raspberry Pi OS Lite (64-bit)."
    [[ -e $root/boot/firmware/config.txt ]] ||
        refuse "there is no $root/boot/firmware/config.txt: this is not the system of a Raspberry Pi."
}

check_root_is_durable() {
    local kind
    kind=$(in_root findmnt -no FSTYPE / 2>/dev/null || true)
    [[ $kind != overlay ]] ||
        refuse "the root is an overlay: what is installed now is gone after the next restart." \
            "Switch it off: sudo raspi-config nonint disable_overlayfs, restart, then run this again."
}

install_packages() {
    local missing=() name there
    # shellcheck disable=SC2016 # the expansions are dpkg's own
    there=$(in_root dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
    for name in "${packages[@]}"; do
        [[ $'\n'$there$'\n' == *$'\n'"$name installed"$'\n'* ]] || missing+=("$name")
    done
    ((${#missing[@]})) || return 0
    say "Debian packages: ${missing[*]}"
    in_root_run apt-get -q update
    in_root_run env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}" ||
        die "apt-get failed (its last words are above). It needs the network."
}

make_user() {
    local group member_of wanted=${groups//,/ }
    if ! in_root getent passwd "$user" >/dev/null; then
        say "the user $user, in whose name the kiosk runs"
        in_root_run useradd --system --user-group --home-dir "$data" --shell /usr/sbin/nologin "$user"
    fi
    for group in $wanted; do
        in_root getent group "$group" >/dev/null || in_root_run groupadd --system "$group"
    done
    member_of=$(in_root id -nG "$user" 2>/dev/null || true)
    for group in $wanted; do
        if [[ " $member_of " != *" $group "* ]]; then
            in_root_run usermod --append --groups "$groups" "$user"
            return
        fi
    done
}

make_data() {
    if [[ ! -d $root$data ]]; then
        run mkdir -p "$root$data"
        run chmod 750 "$root$data"
        in_root_run chown "$user:$user" "$data"
    fi
    if [[ ! -e $root$data/pinmap.json ]]; then
        say "$data/pinmap.json is the example's: make it yours, then run this again"
        run cp "$source/pinmap.json" "$root$data/pinmap.json"
        in_root_run chown "$user:$user" "$data/pinmap.json"
    fi
}

digest() {
    (cd "$source" && find "${payload[@]}" -type f -not -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z |
        xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}
releases() { (cd "$root$base/releases" 2>/dev/null && ls) | grep -E '^[0-9]+$' | sort -n || true; }
current() { basename "$(readlink "$root$base/current" 2>/dev/null || true)"; }

# Sets `release` to the number of a release that is this checkout, built if there is none. The one in use goes on.
make_release() {
    local sum number place newest=0
    sum=$(digest)
    for number in $(releases); do
        place=$root$base/releases/$number
        newest=$number
        if [[ ! -e $place/DIGEST ]]; then
            run rm -rf "$place" # a building that was cut off
        elif [[ $(<"$place/DIGEST") == "$sum" ]]; then
            release=$number
            return
        fi
    done
    release=$((newest + 1))
    place=$root$base/releases/$release
    say "release $release from $source"
    run mkdir -p "$place"
    if [[ $dry ]]; then
        echo "+ copy ${payload[*]} to $place"
    else
        tar -C "$source" -c --exclude=__pycache__ --owner=0 --group=0 "${payload[@]}" | tar -C "$place" -x
    fi
    in_root_run "$base/releases/$release/scripts/setup" --runtime
    # The kiosk cannot write there, so Python's compiled files are made now.
    in_root_run "$base/releases/$release/.venv/bin/python" -m compileall -q -j 0 "$base/releases/$release"
    run rm -rf "$place/.tools"
    if [[ $dry ]]; then echo "+ write $place/DIGEST"; else echo "$sum" >"$place/DIGEST"; fi
}

drop_old_releases() {
    local number
    for number in $(releases | head -n -"$releases_kept"); do
        [[ $number == "$(current)" ]] || run rm -rf "$root$base/releases/$number"
    done
}

# Makes a release the one in use: the link in one step, then the files of the system that came with it.
switch_to() {
    local number=$1 entry from to mode
    if [[ $(current) != "$number" ]]; then
        run ln -sfn "releases/$number" "$root$base/current.new"
        run mv -T "$root$base/current.new" "$root$base/current"
    fi
    for entry in "${files[@]}"; do
        read -r from to mode <<<"$entry"
        from=$root$base/releases/$number/deploy/$from
        if [[ $dry && ! -e $from ]]; then from=$source/deploy/${from##*/}; fi
        if ! cmp -s "$from" "$root$to" || [[ $(stat -c %a "$root$to") != "$mode" ]]; then
            run install -D -m "$mode" "$from" "$root$to"
        fi
    done
    in_root_run systemctl daemon-reload
}

write_boot_lines() {
    local said
    if [[ $dry ]]; then
        echo "+ kiosk pinmap boot-lines $data/pinmap.json --write /"
        return
    fi
    said=$(kiosk pinmap boot-lines "$data/pinmap.json" --write /) ||
        die "the boot files could not be written (the reason is above)." "Mend the pinmap, then run this again."
    say "${said//$'\n'/ }"
    [[ $said != *"Restart the Pi"* ]] || reboot=1
}

# Restarts the kiosk and watches it. systemctl comes back when it says that it is ready, or has failed.
healthy() {
    local pid second
    in_root systemctl restart kiosk.service || return 1
    pid=$(in_root systemctl show --property MainPID --value kiosk.service)
    for ((second = 0; second < settle_s; second += 5)); do
        sleep 5
        in_root systemctl is-active --quiet kiosk.service || return 1
        [[ $(in_root systemctl show --property MainPID --value kiosk.service) == "$pid" ]] || return 1
    done
}

# Goes to a release, and back if the kiosk does not run with it. The data is put back only when the old version does not
# start on what the new one left (a store of a newer form).
change_to() {
    local to=$1 from snapshot=''
    from=$(current)
    in_root_run "$base/releases/$to/.venv/bin/kiosk" pinmap check "$data/pinmap.json" ||
        die "release $to does not accept the pinmap (its reasons are above). Nothing was changed."
    if [[ -e $root$data/kiosk.db ]]; then
        snapshot=$data/backups/before-release-$to-$(date -u +%Y%m%dT%H%M%SZ).db
        if [[ $dry ]]; then
            echo "+ kiosk store backup $snapshot"
        else
            in_root install -d -m 700 -o "$user" -g "$user" "$data/backups"
            as_kiosk store backup "$snapshot" || die "the store could not be backed up. Nothing was changed."
        fi
    fi
    switch_to "$to"
    if [[ $dry ]]; then
        echo "+ restart kiosk.service, watch it for $settle_s s, and go back to release $from if it does not run"
        return
    fi
    if healthy; then
        say "release $to runs; release $from is kept (deploy/install.sh rollback)"
        return
    fi
    say "release $to does not run; its last words:" >&2
    in_root journalctl -u kiosk.service -n 20 --no-pager >&2 || true
    switch_to "$from"
    if healthy; then die "release $to does not run, so release $from does again. No data was changed."; fi
    [[ $snapshot ]] || die "neither release runs." "kiosk doctor says what is wrong with the machine."
    in_root systemctl stop kiosk.service
    as_kiosk store restore "$snapshot" || die "the store of before the update could not be put back: it is $snapshot."
    if healthy; then
        die "release $to does not run, so release $from does again, with the store of before the update." \
            "What release $to stored is kept in $data/kiosk.db.replaced-1."
    fi
    die "neither release runs." "kiosk doctor says what is wrong with the machine."
}

do_install() {
    local release before
    check_machine
    check_root_is_durable
    install_packages
    make_user
    make_data
    before=$(current)
    if [[ ! $before ]]; then
        make_release
    else
        release=$before
        [[ $(digest) == "$(<"$root$base/releases/$release/DIGEST")" ]] ||
            say "release $release stays in use; this checkout is another version: sudo $0 update"
    fi
    switch_to "$release"
    write_boot_lines
    in_root_run udevadm control --reload || true
    in_root_run systemctl enable --quiet "${units[@]}"
    if [[ $reboot || $root ]]; then
        say "done. Restart the Pi now (sudo reboot), then ask: kiosk doctor"
    else
        in_root_run systemctl restart kiosk.service
        say "done. Ask: kiosk doctor"
    fi
}

do_update() {
    local release
    check_machine
    if [[ ! $(current) ]]; then
        refuse "nothing is installed yet." "Run: sudo $0 install"
        return
    fi
    check_root_is_durable
    install_packages
    make_release
    if [[ $release == "$(current)" ]]; then
        say "release $release is this checkout already"
        return
    fi
    change_to "$release"
    write_boot_lines
    drop_old_releases
    [[ ! $reboot ]] || say "this version wants other boot lines: restart the Pi when nobody charges (sudo reboot)"
}

do_rollback() {
    local before='' number
    check_machine
    for number in $(releases); do
        if ((number < $(current))) && [[ -e $root$base/releases/$number/DIGEST ]]; then before=$number; fi
    done
    if [[ ! $before ]]; then
        refuse "there is no version before release $(current)."
        return
    fi
    change_to "$before"
    write_boot_lines
}

do_uninstall() {
    local entry to
    if ((EUID != 0)) && [[ ! $dry && ! $root ]]; then die "this needs root." "Run: sudo $0 uninstall"; fi
    in_root_run systemctl disable --now "${units[@]}" || true
    if [[ -x $root$base/current/.venv/bin/kiosk ]]; then
        if [[ $dry ]]; then echo "+ kiosk pinmap boot-lines --remove /"; else kiosk pinmap boot-lines --remove /; fi
    fi
    for entry in "${files[@]}"; do
        read -r _ to _ <<<"$entry"
        run rm -f "$root$to"
    done
    run rm -rf "$root$base"
    in_root_run systemctl daemon-reload
    if [[ $purge ]]; then
        run rm -rf "$root$data"
        if in_root getent passwd "$user" >/dev/null; then in_root_run userdel "$user"; fi
        say "everything is gone, the data too. Debian packages stay."
    else
        say "the kiosk is gone. $data, the user $user and Debian packages stay; --purge takes the data and the user."
    fi
}

read_options "$@"
"do_$verb"
if [[ $dry ]]; then say "nothing of this was done. To do it: the same without --dry-run"; fi
