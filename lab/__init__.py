"""The practice cloud: a control plane speaking the cloud's OpenAPI protocol, and a data plane with real packets."""
