"""The lab's machines: booted systems in systemd-nspawn, reached over SSH as real ones."""
