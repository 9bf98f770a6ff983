#!/bin/sh
# store-001: routes and rules around the tunnels of Libreswan, written by hybridnet.alicloud.device_config.
# To be run when the tunnels are up, which makes their interfaces; it may be run again.
set -eu
sysctl -q -w net.ipv4.ip_forward=1

# --- store-001-main-1 (active)
sysctl -q -w net.ipv4.conf.vti51.rp_filter=2 net.ipv4.conf.vti51.disable_policy=1
ip link set dev vti51 mtu 1400
# Not translated, in front of everything that translates.
iptables -t nat -C POSTROUTING -o vti51 -j ACCEPT 2>/dev/null ||
	iptables -t nat -I POSTROUTING 1 -o vti51 -j ACCEPT
iptables -t mangle -C FORWARD -o vti51 -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1360 2>/dev/null ||
	iptables -t mangle -A FORWARD -o vti51 -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1360
iptables -t mangle -C FORWARD -i vti51 -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1360 2>/dev/null ||
	iptables -t mangle -A FORWARD -i vti51 -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1360
