#!/bin/sh
# Builds a small internet inside the guest: the guest itself is the store, "net" the router between, "cloud1" and "cloud2"
# the two ends of the cloud's VPN gateway, "lan" a machine in the store's network.
set -eu

for name in net cloud1 cloud2 lan; do
    ip netns add "$name"
    ip -n "$name" link set lo up
done
in_net="ip netns exec net"

ip link add wan0 type veth peer name store netns net
ip address add 198.51.100.10/24 dev wan0
ip link set wan0 up
ip -n net address add 198.51.100.1/24 dev store
ip -n net link set store up
ip route add 203.0.113.0/24 via 198.51.100.1

ip -n net link add cloud type bridge
ip -n net address add 203.0.113.1/24 dev cloud
ip -n net link set cloud up
for number in 1 2; do
    ip -n net link add "port$number" type veth peer name wan0 netns "cloud$number"
    ip -n net link set "port$number" master cloud up
    ip -n "cloud$number" address add "203.0.113.1$number/24" dev wan0
    ip -n "cloud$number" link set wan0 up
    ip -n "cloud$number" route add default via 203.0.113.1
    # The server that both ends of the gateway lead to.
    ip -n "cloud$number" address add 172.16.1.1/32 dev lo
done

ip link add lan0 type veth peer name eth0 netns lan
ip address add 192.168.1.1/24 dev lan0
ip link set lan0 up
ip -n lan address add 192.168.1.10/24 dev eth0
ip -n lan link set eth0 up
ip -n lan route add default via 192.168.1.1

$in_net sysctl -q -w net.ipv4.ip_forward=1
# Closed and opened by the tests.
$in_net nft add table inet faults
$in_net nft add chain inet faults forward '{ type filter hook forward priority 0; }'
# Counts fragments of what the two ends send each other.
$in_net nft add table inet watch
$in_net nft add counter inet watch fragments
$in_net nft add chain inet watch forward '{ type filter hook prerouting priority -500; }'
$in_net nft add rule inet watch forward 'ip frag-off & 0x3fff != 0 counter name fragments'
