#!/bin/sh
# Boots one machine and boots it again whenever it reboots. $1 machine name, $2 root, $3 network namespace (path).
# SIGTERM powers the machine off.
trap 'kill -TERM "$guest" 2>/dev/null' TERM
while :; do
  # Writable network sysctls in the guest: routers need them. All capabilities: the guest has a namespace of its own.
  # --keep-unit and no registration: works where PID 1 of this machine is not systemd.
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=network systemd-nspawn --quiet --register=no --keep-unit --machine="$1" \
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
