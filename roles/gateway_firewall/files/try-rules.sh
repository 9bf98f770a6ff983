#!/bin/sh
# Run on the host, never installed there. Standard input: the rules.
# Prints "loaded" when systemd knows the unit, "reread" when it has to read it again, "start" when it does not load the
# rules now and whenever the host starts; then "rules:", and the table as nft lists it.
unit=hybridnet-firewall.service

property() { systemctl show --property "$1" --value "$unit"; }

[ "$(property LoadState)" != loaded ] || echo loaded
[ "$(property NeedDaemonReload)" = no ] || echo reread
[ "$(property ActiveState) $(property UnitFileState)" = 'active enabled' ] || echo start
echo rules:
# In a network namespace that ends with the command.
unshare --net sh -c 'nft --file - && nft list table inet hybridnet'
