"""Runs behind the store. Reads {address: octets} and pings each with a packet of that size and one an octet larger.

Prints which of the former were answered whole and which limit the router named for the latter. One process with one
socket: an emulated machine takes most of a second to start a ping.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import sys
import time

IP_MTU_DISCOVER, IP_PMTUDISC_PROBE = 10, 3  # not in Python's socket module: do not fragment, remember no limit
ECHO_REPLY, UNREACHABLE, ECHO, FRAGMENTATION_NEEDED = 0, 3, 8, 4
FIRST, WHOLE, LARGER = range(3)
HEADERS = 28

sizes = json.load(sys.stdin)
addresses = list(sizes)
answered: dict[int, dict[str, int]] = {FIRST: {}, WHOLE: {}, LARGER: {}}
pings = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
pings.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)


def checksum(octets: bytes) -> int:
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def send(address: str, kind: int, size: int) -> None:
    """The identifier says which address was meant, the sequence number which kind."""
    number, data = addresses.index(address), bytes(size - HEADERS)
    head = struct.pack("!BBHHH", ECHO, 0, 0, number, kind)
    head = struct.pack("!BBHHH", ECHO, 0, checksum(head + data + bytes(len(data) % 2)), number, kind)
    pings.sendto(head + data, (address, 0))


def receive(seconds: float) -> None:
    """Take what comes within that time, up to the first silence as long."""
    while select.select([pings], [], [], seconds)[0]:
        packet = pings.recv(65535)
        kind, code, _sum, number, sequence = struct.unpack_from("!BBHHH", packet, 20)
        if kind == ECHO_REPLY:
            answered[sequence][addresses[number]] = len(packet)
        elif (kind, code) == (UNREACHABLE, FRAGMENTATION_NEEDED):
            # After its own header, the packet's: IP's 20 octets and the first 8 of the ping.
            number, sequence = struct.unpack_from("!HH", packet, 20 + 8 + 20 + 4)
            answered[sequence][addresses[number]] = struct.unpack_from("!H", packet, 20 + 6)[0]
        if len(answered[sequence]) == len(addresses):
            return


begun = time.monotonic()
# Until its tunnel is up a packet is dropped.
while len(answered[FIRST]) < len(addresses) and time.monotonic() < begun + 90:
    for address in addresses:
        if address not in answered[FIRST]:
            send(address, FIRST, 64)
    receive(1)
set_up = time.monotonic() - begun
for kind in (WHOLE, LARGER):
    for address, size in sizes.items():
        send(address, kind, size + (kind == LARGER))
    while len(answered[kind]) < len(addresses) and time.monotonic() < begun + set_up + 15:
        receive(1)
print(
    json.dumps(
        {
            "set_up": set_up,
            "measured": time.monotonic() - begun - set_up,
            "passed": [address for address, size in answered[WHOLE].items() if size == sizes[address]],
            "limits": answered[LARGER],
        }
    )
)
