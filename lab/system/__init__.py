"""Thin layer over the kernel and its tools: commands, processes, network namespaces."""
