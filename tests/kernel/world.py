"""The store: a guest with a kernel that has ESP, configured by the role over SSH; the cloud's two ends within it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.filter.site_keys import with_psk
from ansible_collections.hybridnet.alicloud.plugins.filter.tunnel_datapaths import tunnel_datapaths
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from lab.hosts.guest import Guest
from lab.identity import REPOSITORY

HERE = Path(__file__).parent
STORE, ENDS = "198.51.100.10", ("203.0.113.11", "203.0.113.12")
SERVER = "172.16.1.1"
# The role's default would make the tests wait longer.
DEAD_PEER_AFTER = 5
STORE_NETWORK, CLOUD_NETWORK = "192.168.1.0/24", "172.16.0.0/16"
_RECAP = re.compile(r"^store\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=0\s+failed=0", re.MULTILINE)
_EVERYTHING = {"kernel_esp": True, "kernel_xfrm_interfaces": True, "kernel_vti": True, "tun_device": True}

_CHARON = """\
charon-systemd {{
    load = random nonce openssl hmac sha1 sha2 md5 aes kdf pem pkcs1 gmp kernel-netlink socket-default vici
    retransmit_timeout = 0.5
    retransmit_base = 1.2
    retransmit_tries = 3
    plugins {{
        vici {{ socket = unix:///root/{name}/charon.vici }}
        openssl {{ load_legacy = yes }}
    }}
    filelog {{
        log {{
            path = /root/{name}/charon.log
            default = 1
            flush_line = yes
        }}
    }}
    i_dont_care_about_security_and_use_aggressive_mode_psk = yes
}}
"""


def completed(
    connections: Sequence[Mapping[str, Any]], datapath: str = "policy", dead_peer_after: int = 30
) -> list[dict[str, Any]]:
    """Connections with every option, as the role hands them to the module."""
    planned = tunnel_datapaths(connections, _EVERYTHING, datapath, dead_peer_after)["connections"]
    return with_psk(planned, {one["name"]: one["psk"] for one in connections})


def mirrored(connection: Mapping[str, Any]) -> dict[str, Any]:
    """The same tunnel as its other end wants it: every local_ option is its remote_ one."""
    swap = {"local": "remote", "remote": "local"}
    other = {}
    for key, value in connection.items():
        side, _mark, rest = key.partition("_")
        other[f"{swap.get(side, side)}_{rest}" if rest else key] = value
    return other


def as_tree(connections: Sequence[Mapping[str, Any]], datapath: str = "policy") -> dict[str, Any]:
    """Their swanctl configuration. Those with the same identities become one, whose children share an IKE_SA."""
    tree: dict[str, Any] = {"connections": {}, "secrets": {}}
    sharing: dict[tuple[str, str], dict[str, Any]] = {}
    for one in completed(connections, datapath):
        ((name, settings),) = model.connection_tree(one)["connections"].items()
        # The script of the role: it would take the tunnel of an end for the store's.
        settings["children"][name].pop("updown", None)
        first = sharing.setdefault((one["local_id"], one["remote_id"]), settings)
        if first is settings:
            tree["connections"][name] = settings
            tree["secrets"].update(model.secret_tree(one)["secrets"])
        else:
            first["children"].update(settings["children"])
    return tree


def tunnel(number: int, **changes: Any) -> dict[str, Any]:
    """One of the site's two tunnels as the store wants it: 1 active, 2 standby."""
    return {
        "name": f"main-{number}",
        "role": "active" if number == 1 else "standby",
        "local_address": STORE,
        "remote_address": ENDS[number - 1],
        "local_id": STORE,
        "remote_id": ENDS[number - 1],
        "psk": f"only for this test {number}",
        "local_networks": [STORE_NETWORK],
        "remote_networks": [CLOUD_NETWORK],
        **changes,
    }


def site(**changes: Any) -> list[dict[str, Any]]:
    """Both tunnels of the site: they carry the same networks."""
    return [tunnel(1, **changes), tunnel(2, **changes)]


class World:
    """Everything in the guest. Commands are shell texts, run as root."""

    def __init__(self, guest: Guest, folder: Path):
        self.guest = guest
        self._folder = folder
        self._control = ["-o", f"ControlPath={folder}/ssh"]
        self.ends = (End(self, 1), End(self, 2))
        self.first_run: Play | None = None

    def connect(self) -> None:
        """Open the one connection that all commands share: a log-in takes an emulated machine a second."""
        argv = self.guest.ssh_argv()
        argv[1:1] = [*self._control, "-o", "ControlMaster=yes", "-o", "ServerAliveInterval=30", "-N", "-f"]
        # Not captured: the connection stays behind and would keep the pipes open.
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def disconnect(self) -> None:
        """Close it."""
        argv = self.guest.ssh_argv()
        argv[1:1] = [*self._control, "-O", "exit"]
        subprocess.run(argv, capture_output=True, check=False)

    def run(self, script: str, *, check: bool = True, text: str = "", timeout: float = 120) -> str:
        """Run a shell script in the guest; what it printed (both outputs)."""
        argv = self.guest.ssh_argv("--", f"exec 2>&1; {script}")
        argv[1:1] = self._control
        done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=timeout, check=False)
        assert not check or done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def write(self, texts: Mapping[str, str]) -> None:
        """Write files ({path: text}) in the guest."""
        script = "".join(
            f"mkdir -p {os.path.dirname(path)}; cat >{path} <<'END OF FILE'\n{text}\nEND OF FILE\n"
            for path, text in texts.items()
        )
        self.run("sh -eu", text=script)

    def build(self) -> None:
        """Make the networks and start the cloud's two ends."""
        self.connect()
        self.run("sh -eu", text=(HERE / "internet.sh").read_text())
        for end in self.ends:
            end.start()

    def play(self, playbook: Path, *options: str, **variables: Any) -> Play:
        """Run a playbook on the store; fails when the run fails, or when it shows a key."""
        variables_file = self._folder / "variables.json"
        variables_file.write_text(json.dumps(variables))
        inventory = self._folder / "hosts.json"
        inventory.write_text(json.dumps({"all": {"hosts": {"store": self._as_host()}}}))
        begun = time.monotonic()
        done = subprocess.run(
            ["ansible-playbook", "-i", str(inventory), str(playbook), "-e", f"@{variables_file}", *options],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "ANSIBLE_FORCE_COLOR": "0",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            # Of the machine that emulates, and may have other work: a first run of the role takes it minutes.
            timeout=1800,
            check=False,
        )
        output = done.stdout + done.stderr
        recap = _RECAP.search(output)
        assert recap, output[-6000:]
        assert "only for this test" not in output
        return Play(output, int(recap.group(1)), int(recap.group(2)), time.monotonic() - begun)

    def role(self, connections: Sequence[Mapping[str, Any]], *options: str, **variables: Any) -> Play:
        """Run the role strongswan on the store with these connections."""
        return self.play(HERE / "store.yml", *options, strongswan_connections=list(connections), **variables)

    def _as_host(self) -> dict[str, Any]:
        """How Ansible reaches the store."""
        words = self.guest.ssh_argv()
        return {
            "ansible_host": self.guest.address,
            "ansible_port": self.guest.port,
            "ansible_user": "root",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_common_args": shlex.join(words[words.index("none") + 1 : words.index("-p")]),
        }

    def wait_until(self, condition: str, seconds: float = 20) -> None:
        """Wait in the guest until a shell condition is true."""
        # Seldom: each look is a handful of processes, which an emulated machine starts slowly.
        tries = int(seconds / 0.5)
        self.run(
            f"for _ in $(seq {tries}); do if {condition}; then exit 0; fi; sleep 0.5; done; echo in vain; exit 1",
            timeout=seconds * 3 + 30,
        )


class Play:
    """A finished run of a playbook: its output, tasks, changed tasks and wall time."""

    def __init__(self, output: str, tasks: int, changed: int, seconds: float):
        self.output = output
        self.tasks = tasks
        self.changed = changed
        self.seconds = seconds


class End:
    """One end of the cloud's gateway: a charon in a namespace of the guest. It answers, and never initiates."""

    def __init__(self, world: World, number: int):
        self._world = world
        self.namespace = f"cloud{number}"
        self._home = f"/root/{self.namespace}"
        self.address = ENDS[number - 1]

    def start(self) -> None:
        """Start the daemon and wait until it answers. Its connections have to be loaded then."""
        self._world.write(
            {
                f"{self._home}/strongswan.conf": _CHARON.format(name=self.namespace),
                f"{self._home}/swanctl/swanctl.conf": "include conf.d/*.conf\n",
                f"{self._home}/swanctl/conf.d/none.conf": "",
            }
        )
        self._world.run(
            f"{self._environment} setsid ip netns exec {self.namespace} charon-systemd"
            f" >{self._home}/charon.out 2>&1 </dev/null & echo $! >{self._home}/pid"
        )
        self._world.wait_until(f"{self._swanctl('--stats')} >/dev/null 2>&1")

    def stop(self) -> None:
        """End the daemon without a word to its peers."""
        self._world.run(f"kill -9 $(cat {self._home}/pid); rm -f {self._home}/charon.vici")

    @property
    def _environment(self) -> str:
        return f"STRONGSWAN_CONF={self._home}/strongswan.conf SWANCTL_DIR={self._home}/swanctl"

    def _swanctl(self, arguments: str) -> str:
        uri = f"unix://{self._home}/charon.vici"
        return f"{self._environment} ip netns exec {self.namespace} swanctl {arguments} --uri {uri}"

    def swanctl(self, arguments: str, **options: Any) -> str:
        """Run swanctl against this daemon."""
        return self._world.run(self._swanctl(arguments), **options)

    def answer(self, connections: Sequence[Mapping[str, Any]], datapath: str = "policy") -> None:
        """Load the mirror of what the store wants, as only connections."""
        tree = as_tree([mirrored(one) for one in connections], datapath)
        self._world.write({f"{self._home}/swanctl/conf.d/none.conf": conf.render(tree)})
        shown = self.swanctl("--load-all --noprompt --clear")
        number = len(tree["connections"])
        assert (f"successfully loaded {number} connections" if number else "no connections found") in shown, shown

    def packets_in(self) -> int:
        """Packets that the installed tunnels of this end have received."""
        shown = self.swanctl("--list-sas --raw --pretty")
        return sum(int(number) for number in re.findall(r"packets-in = (\d+)", shown))


def answer(world: World, connections: Sequence[Mapping[str, Any]], datapath: str = "policy") -> None:
    """Give each end the mirror of its own connections; nothing that is up is touched."""
    for end in world.ends:
        end.answer([one for one in connections if one["remote_address"] == end.address], datapath)


def carries(world: World) -> list[int]:
    """How many packets each end received while three pings were sent to the server."""
    before = [end.packets_in() for end in world.ends]
    world.run(f"ip netns exec lan ping -n -c 3 -i 0.2 -W 2 {SERVER}")
    return [end.packets_in() - earlier for end, earlier in zip(world.ends, before, strict=True)]


@contextmanager
def loaded(world: World, connections: Sequence[Mapping[str, Any]], *, start_action: str = "none") -> Iterator[None]:
    """These connections at the store, found by policies, and their mirror at the first end, while the block runs.

    start_action: when the store sets them up.
    """
    load = "swanctl --load-creds --clear --noprompt >/dev/null; swanctl --load-conns >/dev/null"
    folder, aside = "/etc/swanctl/conf.d", "/root/aside"
    file = f"{folder}/for-this-test.conf"
    # Tunnels of the role, if it has run here, would carry what these are to carry. A restart ends what is up.
    world.run(f"mkdir -p {aside}; mv {folder}/hybridnet-* {aside} 2>/dev/null; systemctl restart strongswan.service")
    # Only the store asks for UDP: the other end chooses by address before it knows which connection it is.
    world.ends[0].answer([{**one, "force_encapsulation": False} for one in connections])
    text = conf.render(as_tree(connections))
    world.write({file: text.replace("start_action = none", f"start_action = {start_action}")})
    # The role does this too; here it may not have run.
    world.run(f"sysctl -q -w net.ipv4.ip_forward=1; {load}")
    try:
        yield
    finally:
        # What is up would outlive its configuration here, too.
        world.run(f"rm {file}; mv {aside}/* {folder} 2>/dev/null; systemctl restart strongswan.service")
