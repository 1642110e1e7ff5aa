"""What the hooks of every topic go by: the site, the names of its markets, and whose the key's own account is."""

from __future__ import annotations

from hk_adapter.venues.hashkey.own_account import OwnAccount
from hk_adapter.venues.hashkey.sites import Site
from hk_adapter.venues.hashkey.symbols import SymbolNames


class SiteHooks:
    """One opened site. Keeps the names of its markets, its batch paths, and the key's own account."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._names = SymbolNames()
        self._own = OwnAccount()
        self._batch_paths = site.batch_paths
