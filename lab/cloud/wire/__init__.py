"""The cloud's RPC protocol: signatures, parameter encoding, answer envelopes."""
