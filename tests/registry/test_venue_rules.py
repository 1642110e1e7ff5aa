"""Every rule that a venue plugin must keep, each with a plugin that breaks it."""

# ruff: noqa: D102  (what a bad plugin does stands in the name of its class)

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from hk_adapter.errors import AdapterError, ConfigurationError, PluginError, RequestState
from hk_adapter.hooks import OpenedVenue, RateLimit, Scrub, VenueSettings, hookimpl
from hk_adapter.registry import open_venue, register_venue
from hk_adapter.registry.venue_attributes import MAY_HAVE


class GoodVenue:
    """An opened venue that keeps every rule; bad ones change one thing."""

    hosts: Any = frozenset({"https://api.example", "wss://stream.example:443"})
    limits: Any = MappingProxyType({"orders": RateLimit(amount=10)})
    request_lifetime: Any = 5000

    def sign(self, call: Any, credentials: Any, timestamp: int) -> Any:
        raise NotImplementedError

    @hookimpl
    async def cancel_order(self, request: Any) -> Any:
        raise NotImplementedError


class Opens:
    """A venue plugin that opens the venue it was made with."""

    def __init__(self, venue: object) -> None:
        self.venue = venue

    @hookimpl
    def open_venue(self, settings: VenueSettings) -> Any:
        return self.venue


def _reach(venue: object) -> OpenedVenue:
    register_venue("acme", Opens(venue))
    return open_venue(VenueSettings(venue_id="acme", environment="production"))


class UnknownHook(GoodVenue):
    @hookimpl
    async def cancel_ordr(self, request: Any) -> Any: ...


class UnknownArgument(GoodVenue):
    @hookimpl
    async def fetch_order(self, order: Any) -> Any: ...


class OneArgumentTooMany(GoodVenue):
    @hookimpl
    async def fetch_time(self, request: Any) -> Any: ...


class ArgumentWithDefault(GoodVenue):
    @hookimpl
    async def cancel_order(self, request: Any = None) -> Any: ...


class KeywordOnlyArgument(GoodVenue):
    @hookimpl
    async def cancel_order(self, *, request: Any) -> Any: ...  # type: ignore[override]


class StarredArguments(GoodVenue):
    @hookimpl
    async def cancel_order(self, **request: Any) -> Any: ...  # type: ignore[override]


class BoundBySpecname(GoodVenue):
    @hookimpl(specname="create_order")
    async def place(self, request: Any) -> Any: ...


class OldStyleWrapper(GoodVenue):
    @hookimpl(hookwrapper=True)
    def cancel_order(self, request: Any) -> Any:
        yield


class Wrapper(GoodVenue):
    @hookimpl(wrapper=True)
    def cancel_order(self, request: Any) -> Any:
        return (yield)


class PlainHook(GoodVenue):
    @hookimpl
    def cancel_order(self, request: Any) -> Any: ...


class AsyncGeneratorHook(GoodVenue):
    @hookimpl
    async def cancel_order(self, request: Any) -> Any:
        yield


class AnswersOperate(GoodVenue):
    @hookimpl
    async def operate(self, operation: Any) -> Any: ...


class AnswersAttempts(GoodVenue):
    @hookimpl
    async def attempt(self, operation: Any, request: Any) -> Any: ...


class UnmarkedHook(GoodVenue):
    async def cancel_order(self, request: Any) -> Any: ...


class NewerContract(GoodVenue):
    @hookimpl
    def open_venue(self, settings: VenueSettings) -> Any:
        return self

    hk_adapter_contract = 2


BAD_HOOKS = [
    (UnknownHook, r"unknown hook 'cancel_ordr'; did you mean 'cancel_order'\? There are: attempt, .*"),
    (UnknownArgument, r"'fetch_order' the argument 'order'.*it has: request"),
    (OneArgumentTooMany, r"'fetch_time' the argument 'request'.*it has: none"),
    (ArgumentWithDefault, r"'cancel_order' the argument 'request'.*with a default"),
    (KeywordOnlyArgument, r"'cancel_order' the argument 'request'.*keyword-only"),
    (StarredArguments, r"'cancel_order' the argument 'request'.*starred"),
    (BoundBySpecname, r"'place' through specname"),
    (OldStyleWrapper, r"'cancel_order' with the old-style hookwrapper"),
    (Wrapper, r"wraps 'cancel_order'; a venue implements hooks"),
    (PlainHook, r"'cancel_order' as no coroutine function"),
    (AsyncGeneratorHook, r"'cancel_order' as no coroutine function"),
    (AnswersOperate, r"'operate', which is reserved for the core"),
    (AnswersAttempts, r"'attempt', which is reserved for the core"),
    (UnmarkedHook, r"'cancel_order' without a marker"),
]


def test_a_good_venue_opens() -> None:
    """The venue that the bad ones are made of breaks no rule."""
    assert isinstance(_reach(GoodVenue()), GoodVenue)


@pytest.mark.parametrize(("venue", "rule"), BAD_HOOKS)
def test_a_venue_that_breaks_a_rule_is_refused(venue: type, rule: str) -> None:
    """One clear error names the plugin and the rule, before anything is sent."""
    with pytest.raises(PluginError, match=rule) as caught:
        _reach(venue())
    assert str(caught.value).startswith("venue plugin 'acme' (handed over in process) ")
    assert caught.value.request_state is RequestState.NOT_SENT


@pytest.mark.parametrize("marker", [hookimpl(tryfirst=True), hookimpl(trylast=True)])
def test_order_among_implementations_may_be_asked_for(marker: Any) -> None:
    """``tryfirst`` and ``trylast`` do no harm with one implementation."""

    class Ordered(GoodVenue):
        @marker  # type: ignore[untyped-decorator]
        async def cancel_order(self, request: Any) -> Any: ...

    _reach(Ordered())


def test_an_optional_hook_may_be_unknown() -> None:
    """A plugin can bring a hook that only other versions have, by saying so."""

    class Ahead(GoodVenue):
        @hookimpl(optionalhook=True)
        async def amend_order(self, request: Any) -> Any: ...

    _reach(Ahead())


def test_an_implementation_may_take_fewer_arguments() -> None:
    """Arguments are the contract by name; not all need to be taken."""

    class Frugal(GoodVenue):
        @hookimpl
        async def cancel_order(self) -> Any:  # type: ignore[override]
            ...

    _reach(Frugal())


def test_a_plugin_may_be_its_own_venue() -> None:
    """One object may open and be the venue."""

    class Both(GoodVenue):
        @hookimpl
        def open_venue(self, settings: VenueSettings) -> Any:
            return self

    register_venue("acme", Both)
    open_venue(VenueSettings(venue_id="acme", environment="sandbox"))


class Unreadable(GoodVenue):
    @property
    def hosts(self) -> Any:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("attribute", "value", "rule"),
    [
        ("hosts", {"https://api.example"}, "set, not a frozenset"),
        ("hosts", None, "NoneType, not a frozenset"),
        ("hosts", frozenset({"https://api.example/"}), "no origin"),
        ("hosts", frozenset({"api.example"}), "no origin"),
        ("hosts", frozenset({"http://api.example"}), "in the clear"),
        ("hosts", frozenset({"https://api.example", "ws://api.example"}), "in the clear"),
        ("hosts", frozenset({"https://user:pass@api.example"}), "no origin"),
        ("hosts", frozenset({"https://api.example:port"}), "no origin"),
        ("hosts", frozenset({"ftp://api.example"}), "no origin"),
        ("hosts", frozenset({b"https://api.example"}), "no origin"),
        ("limits", [RateLimit(amount=1)], "list, not a mapping"),
        ("limits", {"orders": 10}, "group 'orders' a int, not a RateLimit"),
        ("limits", {1: RateLimit(amount=1)}, "not a RateLimit"),
        ("limits", {"orders": RateLimit(amount=0)}, "allows nothing in group 'orders'"),
        ("limits", {"orders": RateLimit(amount=1, window=0)}, "allows nothing"),
        ("request_lifetime", "5000", "str, not a number of ms"),
        ("request_lifetime", 5.0, "float, not a number of ms"),
        ("request_lifetime", True, "bool, not a number of ms"),
        ("request_lifetime", 0, "not above 0"),
        ("sign", None, "not a function"),
        ("scrub", {"orderId"}, "set, not a Scrub"),
        ("scrub", Scrub(params={"orderId"}), "has params that are no frozenset"),  # type: ignore[arg-type]
        ("scrub", Scrub(fields=frozenset({1})), "has fields that are no frozenset"),  # type: ignore[arg-type]
    ],
)
def test_an_opened_venue_states_what_the_core_needs(attribute: str, value: Any, rule: str) -> None:
    """Hosts, limits, request lifetime and ``sign`` are checked when the venue opens, not when an order goes out."""
    venue = GoodVenue()
    setattr(venue, attribute, value)
    with pytest.raises(PluginError, match=f"'acme'.*{attribute!r} .*{rule}"):
        _reach(venue)


def test_a_sign_that_awaits_is_refused() -> None:
    """Signing is pure: the bytes are the same whichever runner asks for them."""

    class Awaits(GoodVenue):
        async def sign(self, call: Any, credentials: Any, timestamp: int) -> Any: ...

    with pytest.raises(PluginError, match="'sign' is async"):
        _reach(Awaits())


@pytest.mark.parametrize("attribute", ["hosts", "limits", "request_lifetime", "sign"])
def test_an_opened_venue_without_an_attribute_is_refused(attribute: str) -> None:
    """What is missing is named."""
    kept = {name: vars(GoodVenue)[name] for name in ("hosts", "limits", "request_lifetime", "sign")}
    del kept[attribute]
    with pytest.raises(PluginError, match=f"without a readable '{attribute}'"):
        _reach(type("Partial", (), kept)())


def test_an_attribute_that_raises_is_the_plugins_fault() -> None:
    """A property that fails is reported with its cause."""
    with pytest.raises(PluginError, match=r"without a readable 'hosts' \(RuntimeError\)") as caught:
        _reach(Unreadable())
    assert isinstance(caught.value.__cause__, RuntimeError)


@pytest.mark.parametrize("attribute", sorted(MAY_HAVE))
def test_an_attribute_that_it_may_have_and_that_raises_is_the_plugins_fault(attribute: str) -> None:
    """So it is of those that a venue need not have."""

    def broken(venue: object) -> None:
        raise RuntimeError("no")

    with pytest.raises(PluginError, match=rf"without a readable '{attribute}' \(RuntimeError\)"):
        _reach(type("Broken", (GoodVenue,), {attribute: property(broken)})())


@pytest.mark.parametrize("venue", [None, GoodVenue])
def test_open_venue_must_return_an_opened_venue(venue: object) -> None:
    """Nothing, or a class, is no venue."""
    with pytest.raises(PluginError, match="from open_venue instead of an opened venue"):
        _reach(venue)


class NoHookAtAll:
    pass


class UnmarkedOpen:
    def open_venue(self, settings: VenueSettings) -> Any: ...


class AsyncOpen:
    @hookimpl
    async def open_venue(self, settings: VenueSettings) -> Any: ...


class OpenWithDefault:
    @hookimpl
    def open_venue(self, settings: VenueSettings | None = None) -> Any: ...


class OpenWithOther:
    @hookimpl
    def open_venue(self, options: Any) -> Any: ...


class WrapsOpen:
    @hookimpl(wrapper=True)
    def open_venue(self, settings: VenueSettings) -> Any:
        return (yield)


class OpensAndMore(Opens):
    @hookimpl
    def close_venue(self) -> Any: ...


@pytest.mark.parametrize(
    ("plugin", "rule"),
    [
        (NoHookAtAll(), "does not implement 'open_venue'"),
        (None, "does not implement 'open_venue'"),
        (UnmarkedOpen(), "'open_venue' without a marker"),
        (AsyncOpen(), "'open_venue' with async def"),
        (OpenWithDefault(), "'open_venue' the argument 'settings'.*with a default"),
        (OpenWithOther(), "'open_venue' the argument 'options'.*it has: settings"),
        (WrapsOpen(), "wraps 'open_venue'"),
        (OpensAndMore(None), "unknown hook 'close_venue'"),
    ],
)
def test_a_venue_plugin_that_breaks_a_rule_is_refused(plugin: object, rule: str) -> None:
    """``register_venue`` checks at once."""
    with pytest.raises(PluginError, match=f"'acme'.*{rule}"):
        register_venue("acme", plugin)


@pytest.mark.parametrize("version", [0, 2, "1", None, True])
def test_another_contract_version_is_refused(version: Any) -> None:
    """A plugin written for another contract is not tried out with money."""
    plugin = Opens(GoodVenue())
    plugin.hk_adapter_contract = version  # type: ignore[attr-defined]
    with pytest.raises(PluginError, match=f"contract version {version!r}; this hk-adapter has 1"):
        register_venue("acme", plugin)


def test_the_contract_version_may_be_stated() -> None:
    """The current number is as good as none."""
    plugin = Opens(GoodVenue())
    plugin.hk_adapter_contract = 1  # type: ignore[attr-defined]
    register_venue("acme", plugin)


@pytest.mark.parametrize(
    ("version", "advice"), [(2, "a newer hk-adapter may have it"), (0, "a newer release of the plugin may be written")]
)
def test_who_has_to_move_is_said(version: int, advice: str) -> None:
    """A plugin of a newer contract wants another hk-adapter; one that is too old, another release of itself."""
    plugin = Opens(GoodVenue())
    plugin.hk_adapter_contract = version  # type: ignore[attr-defined]
    with pytest.raises(PluginError, match=advice):
        register_venue("acme", plugin)


def test_a_refusal_of_the_plugin_comes_through() -> None:
    """A plugin's own word about the settings is what the caller gets."""

    class Refuses:
        @hookimpl
        def open_venue(self, settings: VenueSettings) -> Any:
            raise ConfigurationError(f"no site {settings.site!r}")

    register_venue("acme", Refuses())
    with pytest.raises(ConfigurationError, match="no site 'moon'"):
        open_venue(VenueSettings(venue_id="acme", environment="production", site="moon"))


def test_a_failure_to_open_is_the_plugins_and_quotes_no_options() -> None:
    """Any other failure is a PluginError with its cause; options can be passwords and stay out of its text."""

    class Fails:
        @hookimpl
        def open_venue(self, settings: VenueSettings) -> Any:
            raise KeyError(settings.options["password"])

    register_venue("acme", Fails())
    settings = VenueSettings(venue_id="acme", environment="production", options={"password": "canary"})
    with pytest.raises(AdapterError, match=r"'acme'.*failed in open_venue \(KeyError\)") as caught:
        open_venue(settings)
    assert isinstance(caught.value, PluginError)
    assert isinstance(caught.value.__cause__, KeyError)
    assert "canary" not in str(caught.value)
