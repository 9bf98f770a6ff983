"""Control plane of the practice cloud: a second implementation of the VPN Gateway API behind its own wire protocol."""
