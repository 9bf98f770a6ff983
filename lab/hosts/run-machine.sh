#!/bin/sh
# Boots one machine and boots it again whenever it reboots. $1 machine name, $2 root, $3 network namespace (path).
# SIGTERM powers the machine off.
trap 'kill -TERM "$guest" 2>/dev/null' TERM

if [ -d /run/systemd/system ]; then
  unit= # systemd gives the machine a scope of its own
else
  # systemd-nspawn stays in the control group it is started in: without one of its own, all machines would share it, and
  # the system manager of one would look for its services among the processes of the others.
  unit=--keep-unit
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    if [ -w "$hierarchy/cgroup.procs" ]; then
      mkdir -p "$hierarchy/$1"
      echo $$ >"$hierarchy/$1/cgroup.procs"
    fi
  done
fi

while :; do
  # Writable network sysctls in the guest: routers need them. All capabilities: the guest has a namespace of its own.
  # shellcheck disable=SC2086  # empty or one word
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=network systemd-nspawn --quiet --register=no $unit --machine="$1" \
    --directory="$2" --network-namespace-path="$3" --capability=all --bind=/dev/net/tun --resolv-conf=off \
    --timezone=off --link-journal=no --console=pipe --boot </dev/null &
  guest=$!
  wait "$guest"
  status=$?
  # A trapped signal ends "wait" early; 133 is systemd-nspawn's way to say that the guest asked for a reboot.
  while kill -0 "$guest" 2>/dev/null; do
    wait "$guest"
    status=$?
  done
  [ "$status" -eq 133 ] || exit "$status"
done
