"""Three hosts, each a network namespace of its own, at one venue and one Redis; run under ``unshare --net``.

Each has two cables: one to where the venue is, one to where Redis is, which can be pulled out. What the hosts are to do
comes as lines, such as ``2 create`` or ``2 pull``, and what came of it is one line of JSON each.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, Limits, Simulator, serve
from hk_adapter.transport.shared_budget.address import BLOCK_KEY, read_address
from hk_adapter.transport.shared_budget.block_flag import BlockFlag
from tests.shared_budget.conftest import Server, free_port

HOSTS = (1, 2, 3)
VENUES_NET, REDIS_NET = "10.77.1", "10.77.2"
PATIENT = 10.0


def run(*command: object) -> None:
    """Run a command of the system's."""
    subprocess.run([str(one) for one in command], check=True)


def wire() -> None:
    """Lay the two nets where everybody's cables end."""
    run("ip", "link", "set", "lo", "up")
    for name, net in (("venues", VENUES_NET), ("redis", REDIS_NET)):
        run("ip", "link", "add", name, "type", "bridge")
        run("ip", "address", "add", f"{net}.100/24", "dev", name)
        run("ip", "link", "set", name, "up")


def plug(number: int, process: int) -> None:
    """Lay a host's cables."""
    for end, net in (("v", "venues"), ("r", "redis")):
        run("ip", "link", "add", f"{end}{number}", "type", "veth", "peer", "name", f"{end}in", "netns", process)
        run("ip", "link", "set", f"{end}{number}", "master", net, "up")


class Host:
    """A process in a namespace of its own."""

    def __init__(self, number: int) -> None:
        command = ["unshare", "--net", sys.executable, "-m", __spec__.name, "host"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._number = number

    def plug(self) -> None:
        """Lay its cables, as soon as there is something to plug them into."""
        assert self.told() == "unplugged"
        plug(self._number, self._process.pid)

    def told(self) -> Any:
        """Return what it says next."""
        return json.loads(self._process.stdout.readline())

    def asked(self, *words: object) -> Any:
        """Let it do something, and return what came of it."""
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return self.told()

    def end(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(PATIENT)


def be_the_net(folder: str) -> None:
    """Have everything there, and do what the lines say."""
    wire()
    server = Server(Path(folder), free_port(), "a-word", host=f"{REDIS_NET}.100")
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        hosts = {number: Host(number) for number in HOSTS}
        for host in hosts.values():
            stack.callback(host.end)
        for host in hosts.values():
            host.plug()
        served = stack.enter_context(
            serve(f"{VENUES_NET}.100", simulator=Simulator(limits=Limits()), allow_remote=True)
        )
        port = served.url.rpartition(":")[2]
        keys = {host.asked("open", number, int(port), server.url()) for number, host in hosts.items()}
        assert len(keys) == 1
        server.settle(keys.pop())
        flag = BlockFlag(read_address(server.url()))
        does: dict[str, Callable[[int], Any]] = {
            "create": lambda number: hosts[number].asked("create"),
            "cancel": lambda number: hosts[number].asked("cancel"),
            "pull": lambda number: run("ip", "link", "set", f"r{number}", "down"),
            "plug": lambda number: run("ip", "link", "set", f"r{number}", "up"),
            "block": lambda _: flag.put_up("by the desk"),
            "allow": lambda _: remove_block(server),
            "bans": lambda _: served.control.bans.orders_refused + served.control.bans.queries_refused,
        }
        say("ready")
        for line in sys.stdin:
            number, _, word = line.strip().partition(" ")
            say(does[word](int(number)))


def remove_block(server: Server) -> None:
    """Let orders be placed again."""
    with server.client() as client:
        client.delete(BLOCK_KEY)


def be_a_host() -> None:
    """Wait for the cables, and do what is asked."""
    say("unplugged")
    number, port, url = json.loads(sys.stdin.readline())[1:]
    run("ip", "link", "set", "lo", "up")
    for end, net in (("v", VENUES_NET), ("r", REDIS_NET)):
        run("ip", "address", "add", f"{net}.{number}/24", "dev", f"{end}in")
        run("ip", "link", "set", f"{end}in", "up")
    forward(port)
    options: Any = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "environment": "sandbox", "timeout": PATIENT}
    with hk.connect("hashkey", base_url=f"http://127.0.0.1:{port}", budget=url, **options) as bot:
        budget: Any = bot._connection.runtime.admission
        say(budget.key)
        orders: list[Any] = []
        for line in sys.stdin:
            say(done(bot, json.loads(line)[0], orders))


def done(bot: hk.Venue, word: str, orders: list[Any]) -> str:
    """Place an order, or cancel the last one."""
    try:
        if word == "cancel":
            return str(bot.cancel_order(orders.pop()).status)
        orders.append(bot.create_order("ETH/USD", "limit", "buy", "0.01", "1100").id)
    except hk.NotSent as error:
        return f"NotSent: {error}"
    return "placed"


def forward(port: int) -> None:
    """Carry what comes to a port of this host to the venue's: plain HTTP goes to loopback addresses alone."""
    ready = threading.Event()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(f"{VENUES_NET}.100", port)
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer), return_exceptions=True)

    async def listen() -> None:
        server = await asyncio.start_server(meet, "127.0.0.1", port)
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(listen()), daemon=True).start()
    ready.wait(PATIENT)


def say(told: Any) -> None:
    """Write a line."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    be_a_host() if sys.argv[1] == "host" else be_the_net(sys.argv[1])
