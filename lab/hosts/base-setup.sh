#!/bin/sh
# Runs once, while the base file system of the lab's machines is built. $1: its root.
set -eu
root=$1

# Every machine gets its own identity when it boots; SSH host keys are made by the lab before that.
: > "$root/etc/machine-id"
rm -f "$root"/etc/ssh/ssh_host_*

# The machines' networks are made from outside; timers would only disturb measurements. Not systemd-logind: without it
# "systemctl reboot" fails.
for unit in systemd-networkd.service systemd-networkd-wait-online.service systemd-resolved.service \
  systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  fstrim.timer console-getty.service getty@tty1.service getty-static.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# What customer gateways install is downloaded once here (not installed), so that it needs no mirror afterwards.
chroot "$root" apt-get clean
chroot "$root" apt-get install -y -qq --download-only -o APT::Install-Recommends=true \
  charon-systemd strongswan-swanctl libcharon-extra-plugins libstrongswan-extra-plugins libstrongswan-standard-plugins
