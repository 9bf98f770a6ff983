#!/bin/sh
# Run on the host, never installed there. $1: the daemon's unit. Standard input: the table of interfaces.
# Prints what there is to do, a word each: "reread" (systemd its units), "start" (the daemon), "enable" (what sets the
# tunnels up), and those of "hybridnet-strongswan-tunnels settings"; then "interface ACTION", and the kernel's settings.
tunnels=hybridnet-strongswan-tunnels.service
failed=

property() { systemctl show --property "$1" --value "$2"; }

# This one first: to find it, systemd looks through its folders again, and only then sees new settings of the other.
[ "$(property NeedDaemonReload "$tunnels") $(property NeedDaemonReload "$1")" = 'no no' ] || echo reread
[ "$(property ActiveState "$1") $(property UnitFileState "$1")" = 'active enabled' ] || echo start
[ "$(property UnitFileState "$tunnels")" = enabled ] || echo enable
/usr/local/sbin/hybridnet-strongswan-tunnels settings || failed=yes
plan=$(/usr/local/sbin/hybridnet-strongswan-interfaces plan -) || failed=yes
[ -z "$plan" ] || echo "$plan" | sed 's/^/interface /'
sysctl --all --pattern '^net\.' || failed=yes
[ -z "$failed" ]
