"""Scenes at the served simulator: acted out while they are recorded, and played back ever after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from hk_adapter.testing.cassettes.recorded import Recorded

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
    """One venue, as it is recorded, or as its recording stands for it."""

    open_desk: Callable[..., Any]
    recorded: Recorded

    async def desk(self, **options: Any) -> Any:
        """Open the venue."""
        return await self.open_desk(**self.recorded.arguments(**options))

    def at_venue(self, action: str, *args: Any, **kwargs: Any) -> Any:
        """Let the venue do something by itself now; a recording shows what came of it."""
        return self.recorded.at_venue(action, *args, **kwargs)

    def sub_account(self, api_key: str) -> str:
        """Open a sub-account behind a key of its own, and give its id; from a recording, the id asked for there."""
        if self.recorded.recording:
            return str(self.at_venue("open_sub_account", api_key, f"secret of {api_key}"))
        queries = (dict(parse_qsl(urlsplit(request.uri).query)) for request in self.recorded.requests)
        return next(str(query["subAccountId"]) for query in queries if "subAccountId" in query)
