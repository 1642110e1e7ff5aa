"""Scenes at the served simulator: acted out while they are recorded, and played back ever after."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from vcr.cassette import Cassette

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.simulator.server import Served

Test = Callable[..., Any]
PLAYED: set[str] = set()
"""The endpoints whose cassettes the tests here name."""


def simulated(endpoint: str) -> Callable[[Test], Test]:
    """Give a test the cassette of an endpoint, by the name that the plugin's table has for it."""
    PLAYED.add(endpoint)
    cassette = pytest.mark.default_cassette(f"simulated/hashkey/{endpoint}")
    return lambda test: pytest.mark.vcr()(cassette(test))


@dataclass(frozen=True)
class Scene:
    """One venue, with the cassette that it is recorded on, or that stands for it.

    Attributes:
        served: the venue itself; None while the cassette stands for it.
    """

    open_desk: Callable[..., Any]
    cassette: Cassette
    served: Served | None

    async def desk(self, api_key: str = DEFAULT_API_KEY, secret: str = DEFAULT_SECRET, **options: Any) -> Any:
        """Open the venue."""
        url = "http://127.0.0.1" if self.served is None else self.served.url
        return await self.open_desk(
            environment="sandbox", base_url=url, api_key=api_key, secret=secret, budget="unlimited", **options
        )

    def at_venue(self, action: str, *args: Any, **kwargs: Any) -> Any:
        """Let the venue do something by itself now; a recording shows what came of it."""
        if self.served is None:
            return None
        self.served.control.advance(time.time_ns() // 1_000_000)
        return getattr(self.served.control, action)(*args, **kwargs)

    def sub_account(self, api_key: str) -> str:
        """Open a sub-account behind a key of its own, and give its id; from a recording, the id asked for there."""
        if self.served is not None:
            return str(self.at_venue("open_sub_account", api_key, f"secret of {api_key}"))
        queries = (dict(parse_qsl(urlsplit(request.uri).query)) for request in self.cassette.requests)
        return next(str(query["subAccountId"]) for query in queries if "subAccountId" in query)
