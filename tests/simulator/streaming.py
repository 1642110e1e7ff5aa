"""A client of the simulator's streams, in process, that knows the documents alone."""

import json
from dataclasses import dataclass, field
from typing import Any

from hk_adapter.simulator.streams.connection import StreamConnection

from .conftest import Client

USER_STREAM = "/api/v1/userDataStream"
MINUTE = 60_000


def listen_key(client: Client) -> str:
    """Ask for a listen key."""
    key: str = client.ok("POST", USER_STREAM)["listenKey"]
    return key


@dataclass
class Stream:
    """Read one connection at the clock of a client."""

    client: Client
    connection: StreamConnection
    version: int = 0
    """Of a public one."""
    frames: list[Any] = field(default_factory=list)

    def read(self) -> list[Any]:
        """Give the frames that have arrived since the last time, decoded; all of them are kept in `frames`."""
        arrived = [json.loads(text) for text in self.connection.receive(self.client.now)]
        self.frames += arrived
        return arrived

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Give the events of the frames that have arrived since the last time; of one kind, or all."""
        found = [event for frame in self.read() if isinstance(frame, list) for event in frame]
        return [event for event in found if kind in (None, event["e"])]

    def told(self) -> list[str]:
        """Say what has arrived since the last time: a report's status, a ticket's quantity, the assets that changed."""
        return [_short(event) for event in self.events()]

    def send(self, **message: Any) -> None:
        """Send a message."""
        self.connection.send(json.dumps(message), self.client.now)

    @property
    def end(self) -> int | None:
        """Give the code of its end, None while it is open."""
        return None if self.connection.closed is None else self.connection.closed.code


def listen(client: Client, key: str | None = None) -> Stream:
    """Open a private stream, with a key of its own unless given."""
    path = f"/api/v1/ws/{listen_key(client) if key is None else key}"
    return Stream(client, client.simulator.open_stream(path, client.now))


def look(client: Client, version: int = 1) -> Stream:
    """Open a public connection."""
    return Stream(client, client.simulator.open_stream(f"/quote/ws/v{version}", client.now), version)


def _short(event: dict[str, Any]) -> str:
    if event["e"] == "ticketInfo":
        return f"ticket {event['q']}"
    if event["e"] == "outboundAccountInfo":
        return " ".join(["changed", *(row["a"] for row in event["B"])])
    return f"{event['X']} {event['z']}"
