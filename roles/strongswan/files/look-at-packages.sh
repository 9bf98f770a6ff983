#!/bin/sh
# Run on the host, never installed there. $1: the package manager, $2: the older service, $3: packages.
# Prints "interrupted" when dpkg has been, "package NAME STATE", and properties of the service.
if [ "$1" = apt ]; then
    [ -z "$(dpkg --audit)$(ls /var/lib/dpkg/updates)" ] || echo interrupted
    # shellcheck disable=SC2016,SC2086  # dpkg-query's own variables; a list of words
    dpkg-query --show --showformat 'package ${Package} ${db:Status-Status}\n' $3 2>/dev/null
else
    # shellcheck disable=SC2086  # a list of words
    rpm --query --queryformat 'package %{NAME} installed\n' $3 2>/dev/null
fi
systemctl show --property LoadState,UnitFileState,ActiveState "$2"
