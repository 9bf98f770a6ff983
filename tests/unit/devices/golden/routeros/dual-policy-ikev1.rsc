# store-001: tunnels for MikroTik RouterOS, written by hybridnet.alicloud.device_config.
# For /import. Where fasttrack is on, exclude these networks from it.
/ip ipsec profile
add name=hn-51 enc-algorithm=aes-256 hash-algorithm=sha1 dh-group=modp2048 lifetime=28800s dpd-interval=10s dpd-maximum-failures=3 nat-traversal=yes
add name=hn-52 enc-algorithm=aes-256 hash-algorithm=sha1 dh-group=modp2048 lifetime=28800s dpd-interval=10s dpd-maximum-failures=3 nat-traversal=yes
/ip ipsec peer
add name=hn-51 comment="store-001-main-1 (active)" address=203.0.113.11/32 profile=hn-51 exchange-mode=main
add name=hn-52 comment="store-001-main-2 (standby)" address=203.0.113.12/32 profile=hn-52 exchange-mode=main
/ip ipsec identity
add peer=hn-51 auth-method=pre-shared-key my-id=address:198.51.100.10 remote-id=address:203.0.113.11 secret="example-key-1-Rq7w"
add peer=hn-52 auth-method=pre-shared-key my-id=address:198.51.100.10 remote-id=address:203.0.113.12 secret="example-key-2-Rq7w"
/ip ipsec proposal
add name=hn-51 enc-algorithms=aes-256-cbc auth-algorithms=sha1 pfs-group=modp2048 lifetime=3600s
add name=hn-52 enc-algorithms=aes-256-cbc auth-algorithms=sha1 pfs-group=modp2048 lifetime=3600s
/ip ipsec policy
add peer=hn-51,hn-52 tunnel=yes src-address=192.168.1.0/24 dst-address=172.16.0.0/16 action=encrypt level=unique proposal=hn-51
/ip firewall nat
add chain=srcnat action=accept src-address=192.168.1.0/24 dst-address=172.16.0.0/16 place-before=0 comment="hybridnet: not translated"
/ip firewall mangle
add chain=forward action=change-mss protocol=tcp tcp-flags=syn src-address=192.168.1.0/24 dst-address=172.16.0.0/16 new-mss=1360 tcp-mss=1361-65535 passthrough=yes
add chain=forward action=change-mss protocol=tcp tcp-flags=syn src-address=172.16.0.0/16 dst-address=192.168.1.0/24 new-mss=1360 tcp-mss=1361-65535 passthrough=yes
/ip firewall filter
add chain=input action=accept protocol=udp dst-port=500,4500 in-interface=ether1 place-before=0 comment="hybridnet: IKE"
add chain=input action=accept protocol=ipsec-esp in-interface=ether1 place-before=0 comment="hybridnet: ESP"
add chain=forward action=accept src-address=192.168.1.0/24 dst-address=172.16.0.0/16 ipsec-policy=out,ipsec place-before=0 comment="hybridnet"
add chain=forward action=accept src-address=172.16.0.0/16 dst-address=192.168.1.0/24 ipsec-policy=in,ipsec place-before=0 comment="hybridnet"
