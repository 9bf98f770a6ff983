#!/bin/sh
# Run on the host, never installed there. $1: the older service, $2: packages.
# Prints "interrupted" when dpkg has been, "package NAME STATE", and properties of the service.
[ -z "$(dpkg --audit)$(ls /var/lib/dpkg/updates)" ] || echo interrupted
# shellcheck disable=SC2016,SC2086  # dpkg-query's own variables; a list of words
dpkg-query --show --showformat 'package ${Package} ${db:Status-Status}\n' $2 2>/dev/null
systemctl show --property LoadState,UnitFileState,ActiveState "$1"
