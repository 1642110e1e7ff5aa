"""Joins the rooms into one open connection: settings, registry, the venue, execution, and whatever performs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import pluggy
from msgspec.structs import replace

from hk_adapter import registry
from hk_adapter.errors import ConfigurationError, InvalidArgument, NotSupported
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.execution.operations import capabilities
from hk_adapter.execution.recover import Recovery, RecoverySource
from hk_adapter.execution.remembered import OrderMemory
from hk_adapter.execution.streams.poll_interval import SELDOM, Interval, interval_by
from hk_adapter.flow.runtime import Admission, Runtime
from hk_adapter.flow.simulated import SimulatedVenue, SimulatorPlugin
from hk_adapter.hooks import (
    CLOCK_AHEAD,
    CLOCK_STEP,
    SECONDS_AN_ORDER,
    Credentials,
    OpenedVenue,
    VenueHooks,
    VenueSettings,
)
from hk_adapter.hooks.hints import Hints, Ways
from hk_adapter.model import Place
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.place import account_mark
from hk_adapter.record import Record
from hk_adapter.settings import (
    KeyForm,
    PrivateKeyCredentials,
    Profile,
    Secret,
    load_profile,
)
from hk_adapter.settings.credentials import forget
from hk_adapter.transport.create_gate import CreateGate, Gated
from hk_adapter.transport.hosts import checked_proxy
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue import rehearsal
from hk_adapter.venue.api import Calls, arguments
from hk_adapter.venue.api.client_ids import ClientIdSource, client_ids_of, fitting
from hk_adapter.venue.connect_arguments import (
    PROXY_FROM_ENVIRONMENT,
    SIMULATOR,
    ConnectArguments,
    budget_address,
    ca_file_of,
    check_words,
    has_no_profile,
    plain,
    venue_settings_of,
    with_profile_settings,
)
from hk_adapter.venue.misspelt import naming_what_was_meant
from hk_adapter.venue.per_key import KeyState, shared_of, written_view_of
from hk_adapter.venue.secret_settings import secret_texts
from hk_adapter.venue.stream_signing import SignFirst, stream_signer
from hk_adapter.venue.which_key import credentials_of, hand_over, key_form

T = TypeVar("T")

CORE_NEEDS = (
    "cancel_batch",
    "create_batch",
    "check_cancel",
    "check_create",
    "second_look",
    "client_ids",
    "look_params",
    "market_type",
    "heeds",
)
"""What a venue may say of itself beside its hooks (``OpenedVenue``), for the core to go by."""


class Connection(Record, frozen=True, kw_only=True):
    """One opened venue with everything that a runner needs.

    Attributes:
        has: which calls work, by ccxt's keys.
        simulator: the simulated venue to call in process; None where requests go over HTTP.
        proxy: URL of an HTTP proxy; None goes straight.
        trust_env: whether proxies come from the environment.
        ca_file: PEM file of the authorities to trust; None trusts the public ones.
        loads_markets: whether the markets are to be loaded before the first call.
        request_lifetime: for how many seconds after it left a request may still run.
        stream_hosts: the origins where streams may be opened.
        base_url: the caller's own host, where he named one: then streams are opened there only.
        interval: how often the venue is asked for what is watched, where there is no stream.
        hints: makes what listens beside a poll, where the venue's library does so; None where nothing does.
        sign_stream: writes what is signed of a stream; None where nothing is.
        client_ids: what the venue makes of the client's ids.
        market_type: of which type of market its lists without a symbol have the orders; None: of all.
    """

    calls: Calls
    has: Mapping[str, bool | str]
    runtime: Runtime
    shared: KeyState
    simulator: SimulatedVenue | None
    proxy: str | None
    trust_env: bool
    ca_file: str | None
    loads_markets: bool
    request_lifetime: float
    stream_hosts: frozenset[str] = frozenset()
    base_url: str | None = None
    interval: Interval = SELDOM
    hints: Callable[[Ways], Hints] | None = None
    sign_stream: SignFirst | None = None
    client_ids: ClientIds = ClientIds.SHOWN
    market_type: str | None = None

    def __repr__(self) -> str:  # a proxy may name a user and a password
        return f"<Connection {self.calls.venue_id}>"


def open_connection(given: ConnectArguments) -> Connection:
    """Check every argument and join the rooms. Sends nothing.

    Raises ConfigurationError or InvalidArgument for what cannot be used, PluginError for a plugin that breaks
    its contract.
    """
    given = plain(given)
    timeout = arguments.timeout(given.timeout, 10.0)
    poll_every = None if given.poll_every is None else arguments.seconds("poll_every", given.poll_every)
    _forgetting(lambda: check_words(given))
    given = with_profile_settings(given)
    from_environment = arguments.is_one_of([PROXY_FROM_ENVIRONMENT], given.proxy)
    if not from_environment:
        _forgetting(lambda: checked_proxy(given.proxy))
    settings, redactor = _forgetting(lambda: (venue_settings_of(given), _redactor(given)))
    with naming_what_was_meant(tuple(given.venue_settings)):
        venue = _forgetting(lambda: redactor.redacting(registry.open_venue)(settings))
    form = key_form(venue)
    profile = _profile(given, form)
    simulators = _simulators(given)
    credentials = credentials_of(given, profile, simulators, form)
    if credentials is not None:
        credentials.hide_by(redactor.hide)
    hand_over(venue, credentials)
    simulator = _simulator(given, credentials, simulators)
    shared = shared_of(given, settings, venue, credentials, simulator)
    wrappers = [*_wrappers_of(profile, redactor), *(registry.load_wrapper(plugin) for plugin in given.plugins)]
    if registry.wraps_looks(wrappers):  # then it looks for itself, and nobody waits for its wrappers
        shared = replace(shared, looks=SharedLookups(shared.looks.known))
    manager, hooks = _joined(venue, shared, wrappers, redactor, plugin=given.venue_id, simulated=simulator is not None)
    place = _place(given, settings, venue, credentials)
    held = rehearsal.current()
    if held is not None:
        held.opened(settings, venue, redactor)
    pace = getattr(venue, "seconds_an_order", SECONDS_AN_ORDER)
    ahead, step = getattr(venue, "clock_ahead", CLOCK_AHEAD), getattr(venue, "clock_step", CLOCK_STEP)
    if held is None or simulator is not None:
        simulated = simulator is not None
        checked = simulated or getattr(venue, "checks_time", True)
        clock = VenueClock(same=simulated, ahead=ahead, step=step, checked=checked)
    else:
        clock = held.clock()
    return Connection(
        calls=Calls(
            given.venue_id,
            hooks,
            timeout,
            has_credentials=bool(getattr(venue, "has_key", credentials is not None)),
            key_form=form,
            seconds_an_order=pace,
            place=place,
            recovery=_recovery(hooks, shared, wrappers, place, venue, redactor),
            client_ids=fitting(_client_ids(given, held), venue),
        ),
        has=capabilities(registry.implemented_hooks(manager), getattr(venue, "support", {})),
        runtime=Runtime(
            prepare=RequestBuilder(
                venue, credentials, clock, getattr(shared.budget, "numbered", None), settings.base_url
            ),
            clock=clock,
            admission=_gated(shared.budget, wrappers),
            liveness=shared.liveness,
        ),
        shared=shared,
        simulator=simulator,
        proxy=None if from_environment else given.proxy,
        trust_env=from_environment,
        ca_file=ca_file_of(given, profile),
        loads_markets=getattr(venue, "loads_markets", False),
        request_lifetime=venue.request_lifetime / 1000,
        stream_hosts=getattr(venue, "stream_hosts", frozenset()),
        base_url=settings.base_url,
        interval=interval_by(venue.limits, pace, poll_every),
        hints=getattr(venue, "hints", None) if held is None and simulator is None else None,
        sign_stream=stream_signer(venue, credentials, redactor),
        market_type=getattr(venue, "market_type", None),
        client_ids=_client_ids_at(venue),
    )


def _forgetting(look: Callable[[], T]) -> T:
    """Call what looks at arguments; what it refuses has no frames: a URL or a setting in them may hold a password."""
    try:
        return look()
    except (ConfigurationError, InvalidArgument) as error:
        refused = forget(error)
    raise refused


def _gated(budget: Admission, wrappers: Sequence[object]) -> Admission:
    """Let wrappers that block creates have a last look, after a create has waited for its budget."""
    gates = [wrapper for wrapper in wrappers if isinstance(wrapper, CreateGate)]
    return Gated(budget, gates) if gates else budget


def _client_ids(given: ConnectArguments, held: rehearsal.Rehearsal | None) -> ClientIdSource:
    if given.client_ids is None and held is not None and held.client_ids is not None:
        return held.client_ids
    return client_ids_of(given.client_ids)


def _place(
    given: ConnectArguments, settings: VenueSettings, venue: OpenedVenue, credentials: Credentials | None
) -> Place:
    if credentials is not None:
        key = credentials.api_key
    else:  # a wallet, or none: without one nothing is anybody's
        key = str(getattr(venue, "key_text", "")) if getattr(venue, "has_key", False) else ""
    return Place(
        venue_id=given.venue_id,
        environment=given.environment,
        origin=" ".join(sorted(venue.hosts)),
        account=None if credentials is None else account_mark(credentials.api_key),
        view=written_view_of(settings, key),
    )


def _recovery(
    hooks: VenueHooks,
    shared: KeyState,
    wrappers: Sequence[object],
    place: Place,
    venue: OpenedVenue,
    redactor: registry.KeyRedactor,
) -> Recovery | None:
    sources = [wrapper for wrapper in wrappers if isinstance(wrapper, RecoverySource)]
    if not sources:
        return None
    return Recovery(
        hooks=hooks,
        looks=shared.looks,
        sources=sources,
        place=place,
        lifetime=venue.request_lifetime,
        client_ids=_client_ids_at(venue),
        **({"look_params": redactor.redacting(venue.look_params)} if hasattr(venue, "look_params") else {}),
    )


def _client_ids_at(venue: OpenedVenue) -> ClientIds:
    return ClientIds(getattr(venue, "client_ids", ClientIds.SHOWN))


def _joined(
    venue: OpenedVenue,
    shared: KeyState,
    wrappers: Sequence[object],
    redactor: registry.KeyRedactor,
    *,
    plugin: str,
    simulated: bool,
) -> tuple[pluggy.PluginManager, VenueHooks]:
    optional = {name: getattr(venue, name) for name in CORE_NEEDS if hasattr(venue, name)}
    optional |= {name: redactor.redacting(value) for name, value in optional.items() if callable(value)}
    # A simulator in process is a new world each time: what a journal remembers is of another one.
    memories = () if simulated else tuple(one for one in wrappers if isinstance(one, OrderMemory))
    told = f"venue plugin {plugin!r}: "
    core = Core(shared.looks, memories=memories, limits=venue.limits, plugin=told, **optional)
    manager = registry.venue_manager(venue, core, wrappers, redactor)
    hooks = registry.venue_hooks(manager)
    core.attach(hooks)
    return manager, hooks


def _redactor(given: ConnectArguments) -> registry.KeyRedactor:
    """Make what keeps this connection's secrets out of errors, so far as they are known before it is open."""
    redactor = registry.KeyRedactor()
    sources: tuple[object, ...] = (given.api_key, given.secret, *(given.key_parts or {}).values())
    redactor.hide(*(one.reveal() if isinstance(one, Secret) else one for one in sources))
    redactor.hide(*secret_texts(given.venue_settings))
    if (address := budget_address(given)) is not None:
        redactor.hide(*address.passwords)
    if given.proxy is not None and given.proxy != PROXY_FROM_ENVIRONMENT:
        redactor.hide(unquote(urlsplit(given.proxy).password or ""))
    return redactor


def _profile(given: ConnectArguments, form: KeyForm) -> Profile | None:
    if has_no_profile(given):
        return None
    return load_profile(given.venue_id, profile=given.profile, environment=given.environment, form=form)


def _wrappers_of(profile: Profile | None, redactor: registry.KeyRedactor) -> list[object]:
    if profile is None:
        return []
    redactor.hide(*(text for one in profile.plugin_settings.values() for text in secret_texts(one)))
    return [registry.load_wrapper(plugin, profile.plugin_settings.get(plugin, {})) for plugin in profile.plugins]


def _simulators(given: ConnectArguments) -> SimulatorPlugin | None:
    """Return what opens this venue's simulator; None outside their environment, and for a caller's own, served one."""
    if given.environment != SIMULATOR:
        return None
    try:
        return registry.load_simulator(given.venue_id)
    except NotSupported:
        if given.base_url is None:
            raise
        return None


def _simulator(
    given: ConnectArguments, credentials: Credentials | None, simulators: SimulatorPlugin | None
) -> SimulatedVenue | None:
    if simulators is None or given.base_url is not None:
        return None
    if isinstance(credentials, PrivateKeyCredentials):
        api_key, secret, public_key = credentials.api_key, None, credentials.public_key
    else:
        api_key, secret, public_key = given.api_key or simulators.api_key, given.secret or simulators.secret, None
    return registry.open_simulator(simulators, given.venue_id, api_key=api_key, secret=secret, public_key=public_key)
