# shellcheck shell=bash
# What scripts/demo and scripts/test share: messages, the rights they need, system packages and Python environments.
# Sourced, never run. Sets ROOT, CACHE and LOGS; expects `set -euo pipefail`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=$ROOT/.cache
LOGS=$CACHE/log
TUN=/dev/net/tun

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
    # shellcheck disable=SC2034  # some are for the scripts that source this file
    BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
else
    # shellcheck disable=SC2034
    BOLD='' RED='' GREEN='' YELLOW='' PLAIN=''
fi

headline() { printf '\n%s== %s%s\n' "$BOLD" "$*" "$PLAIN"; }
note() { printf '   %s\n' "$*"; }

# One sentence with the fix, then stop.
die() {
    printf '%s%s: %s%s\n' "$RED" "${0##*/}" "$*" "$PLAIN" >&2
    exit 1
}

# Ansible refuses to start without a UTF-8 locale, and results must not depend on the caller's Ansible settings.
use_own_settings() {
    local name
    for name in $(compgen -e | grep -E '^ANSIBLE_' || true); do unset "$name"; done
    export ANSIBLE_CONFIG=$ROOT/ansible.cfg LC_ALL=C.UTF-8 PYTHONUNBUFFERED=1
    # A user's PATH, kept by sudo and su, leaves out where Debian puts sysctl, nft and swanctl.
    export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    if [[ -z $BOLD ]]; then export NO_COLOR=1 ANSIBLE_NOCOLOR=1; fi
}

# The practice cloud has its own keys: nothing started here may reach a real account by accident.
# Proxies are for the package mirrors; the SDK would send even loopback traffic through them. The lab's hosts keep theirs.
leave_real_world_behind() {
    local name
    export LAB_PROXY=${LAB_PROXY:-${http_proxy:-}}
    for name in $(compgen -e | grep -E '^(ALIBABA_CLOUD|ALICLOUD|ALIBABACLOUD)_|^(https?|all)_proxy$|^(HTTPS?|ALL)_PROXY$' || true); do
        unset "$name"
    done
    export ALIBABA_CLOUD_CREDENTIALS_FILE=/dev/null
}

# Shows LABEL and the seconds that pass, until killed. Waits in `read`, because a killed subshell would leave a `sleep` behind
# that keeps the caller's output open.
count_seconds() {
    local silence
    SECONDS=0
    exec {silence}<> <(:)
    if [[ -t 1 ]]; then
        until read -rt 1 -u "$silence"; do printf '\r   %s ... %d s ' "$1" "$SECONDS"; done
    else
        printf '   %s ...\n' "$1"
        until read -rt 20 -u "$silence"; do printf '   %s ... %d s\n' "$1" "$SECONDS"; done
    fi
}

# Runs COMMAND with its output in a log file and a line that counts the seconds.
#   quietly LABEL FIX COMMAND...    on failure: the end of the log, then one sentence with FIX.
quietly() {
    local label=$1 fix=$2 log started=$SECONDS status=0 ticker
    shift 2
    log=$LOGS/$(tr -cs 'a-zA-Z0-9.' '-' <<<"$label" | sed 's/^-*//; s/-*$//').log
    count_seconds "$label" &
    ticker=$!
    "$@" >"$log" 2>&1 </dev/null || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    if ((status == 0)); then
        if [[ -t 1 ]]; then printf '\r'; fi
        printf '   %s: done, %d s%*s\n' "$label" $((SECONDS - started)) 4 ''
        return 0
    fi
    printf '\n' >&2
    tail -n 20 "$log" | sed 's/^/   | /' >&2
    die "$label failed: $fix (full log: ${log#"$ROOT/"})"
}

# --- rights --------------------------------------------------------------------------------------------------------

# Whether root's rights can be had without asking somebody who is not there.
root_possible() {
    ((EUID == 0)) && return 0
    command -v sudo >/dev/null || return 1
    [[ -t 0 ]] || sudo -n true 2>/dev/null
}

# require_root SENTENCE
require_root() { ((EUID == 0)) || die "$1"; }

# Starts the calling script again as root, keeping the package mirror settings of the environment.
#   become_root SCRIPT ARGUMENTS...
become_root() {
    note "network namespaces and packages need root: continuing under sudo"
    exec sudo --preserve-env=PATH,PYTHON,PIP_INDEX_URL,PIP_EXTRA_INDEX_URL,PIP_FIND_LINKS,PIP_CERT,http_proxy,https_proxy,no_proxy,CI,NO_COLOR,LAB_NAME,LAB_STATE,LAB_PORT,LAB_PROXY \
        bash "$@"
}

# After a run under sudo the checkout's caches belong to the user again. .lab holds root's keys and stays root's.
return_ownership() {
    if [[ -n ${SUDO_UID:-} ]]; then
        find "$ROOT" -maxdepth 1 \( -name .cache -o -name '.venv*' -o -name .ansible -o -name .pytest_cache -o -name .ruff_cache \
            -o -name .hypothesis \) -exec chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" {} + 2>/dev/null || true
    fi
}

# make_cache FOLDER...
make_cache() {
    { mkdir -p "$@" 2>/dev/null && [[ -w $LOGS ]]; } ||
        die "cannot write to $CACHE, which a run as another user may have made: remove it with 'sudo rm -r $CACHE'"
}

# --- the machine ---------------------------------------------------------------------------------------------------

# What the lab's data plane cannot do without. One sentence each; nothing has been changed when one of them stops the run.
require_lab_machine() {
    [[ $(uname -s) == Linux ]] ||
        die "the lab builds network namespaces and needs Linux, this is $(uname -s): run it in a Linux virtual machine"
    root_possible ||
        die "the lab needs root and there is no usable sudo: run it as root (sudo $0) or give this user sudo"
    command -v apt-get >/dev/null ||
        die "the lab installs Debian packages and found no apt-get: run it on Debian 12 or newer, or Ubuntu 22.04 or newer"
    if [[ ! -c $TUN ]]; then
        if ((EUID == 0)); then modprobe tun 2>/dev/null || true; fi
        [[ -c $TUN ]] ||
            die "$TUN is missing and the tunnels' packets go through it: run 'modprobe tun', or start the container with --device $TUN"
    fi
}

# Prints the packages of list files (one per line, # starts a comment) that are not installed.
missing_packages() {
    local package
    sed -e 's/#.*//' -e 's/[[:space:]]//g' "$@" | sort -u | while read -r package; do
        [[ -z $package ]] || dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s\n' "$package"
    done
}

# Installs what the list files name and the machine lacks.
#   install_packages FILE...
install_packages() {
    local -a missing
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then
        note "system packages: present"
        return 0
    fi
    command -v apt-get >/dev/null ||
        die "packages are missing (${missing[*]}) and there is no apt-get: install them with this system's package manager, then run again"
    require_root "packages are missing (${missing[*]}): install them with 'sudo apt-get install', or run as root"
    quietly "reading the package lists" "check the network and the mirrors in /etc/apt" \
        apt-get -o Acquire::Retries=2 -o DPkg::Lock::Timeout=300 update
    quietly "installing ${#missing[@]} system packages" "check the network and the mirrors in /etc/apt" \
        install_without_starting "${missing[@]}"
}

# Installs packages and leaves their services stopped: the lab runs its own IKE daemons in namespaces, and nobody asked for
# one on this machine. A policy of the machine's own is respected.
install_without_starting() (
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 \
        install --yes --no-install-recommends "$@" || exit
    # Nor at the next boot.
    if [[ " $* " == *" charon-systemd "* && -d /run/systemd/system ]]; then systemctl disable strongswan.service; fi
)

# Unpacks a package, with what it needs and the machine lacks, into DIRECTORY. Nothing is installed: it may conflict with what is.
#   unpack_package PACKAGE DIRECTORY
unpack_package() {
    local package=$1 directory=$2 archive
    if [[ -e $directory/.complete ]]; then
        note "$package: unpacked"
        return 0
    fi
    command -v apt-get >/dev/null || die "the tools of $package are needed and there is no apt-get: run this on Debian or Ubuntu"
    rm -rf "$directory"
    mkdir -p "$directory/archives/partial"
    quietly "fetching $package" "check the network and the mirrors in /etc/apt" download_package "$package" "$directory/archives"
    for archive in "$directory"/archives/*.deb; do dpkg -x "$archive" "$directory"; done
    rm -r "$directory/archives"
    touch "$directory/.complete"
}

# download_package PACKAGE DIRECTORY
download_package() {
    local -a fetch=(apt-get -o Dir::Cache::archives="$2" -o Debug::NoLocking=1 -o Acquire::Retries=2 --download-only
        --reinstall --yes --no-install-recommends install "$1")
    # A machine that has never read the package lists knows no package.
    "${fetch[@]}" || { apt-get -o Acquire::Retries=2 -o DPkg::Lock::Timeout=300 update && "${fetch[@]}"; }
}

# --- Python --------------------------------------------------------------------------------------------------------

# Prints the first interpreter that runs and is at least MINIMUM; $PYTHON names one to use instead of searching.
# Never one of a virtual environment, which may be about to be made anew.
#   find_python MINIMUM
find_python() {
    local minimum=$1 candidate found=none version path
    for candidate in ${PYTHON:-python3.11 python3.12 python3 python3.13 python3.10}; do
        read -r version path < <(
            "$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2], sys._base_executable)' 2>/dev/null
        ) || continue
        found="$version at $path"
        if [[ $(printf '%s\n' "$minimum" "$version" | sort -V | head -n 1) == "$minimum" ]]; then
            printf '%s\n' "$path"
            return 0
        fi
    done
    die "needs Python $minimum or newer, found $found: install one (apt-get install python3 python3-venv) or name it with PYTHON=/path/to/python3"
}

# Makes the virtual environment DIRECTORY hold the packages of the requirement files; quick when nothing changed.
#   make_venv DIRECTORY PYTHON ARGUMENTS-OF-PIP-INSTALL...
make_venv() {
    local venv=$1 python=$2 stamp name
    shift 2
    name=${venv#"$ROOT/"}
    # The path is part of the stamp: scripts in a virtual environment name their interpreter, so a moved checkout needs a new one.
    stamp=$venv/.installed-$(
        { printf '%s\n' "$venv" "$("$python" --version)" "$@" && cat "$ROOT"/requirements.txt "$ROOT"/*/*requirements*.txt; } | sha256sum | cut -c -16
    )
    if [[ -e $stamp ]]; then
        note "Python packages in $name: present"
        return 0
    fi
    if ! "$venv/bin/pip" --version >/dev/null 2>&1; then
        quietly "creating $name" "install Python's venv module: apt-get install python3-venv" "$python" -m venv --clear "$venv"
    fi
    quietly "installing Python packages into $name" \
        "check the network, or name a mirror with PIP_INDEX_URL" \
        "$venv/bin/python" -m pip install --disable-pip-version-check --no-input "$@"
    touch "$stamp"
}
