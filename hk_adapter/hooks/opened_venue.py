"""What a venue plugin is opened with, and what the venue that it opens declares of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import field

from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.record import Record

SECONDS_AN_ORDER = 0.25
"""What each order adds to a call of several that is given no time, where its venue does not say."""

NONCES_A_SECOND = 1_000_000
"""In how many parts of a second a nonce counts the venue's time, where the venue does not say: microseconds."""

CLOCK_AHEAD = 1000
"""Milliseconds that a timestamp may be ahead of the venue's clock, where the venue does not say."""

CLOCK_STEP = 1
"""Milliseconds in which ``fetch_time`` counts, where the venue does not say."""

HEEDED = frozenset({"account_id", "test"})
"""What of a request a plugin must say that it looks at: passed by in silence, it reads or does something else."""


class VenueSettings(Record, frozen=True, kw_only=True):
    """What a venue plugin is opened with. Credentials are never among it.

    Attributes:
        venue_id: as the user typed it, such as ``hashkey`` or ``ccxt:kraken``.
        environment: ``production``, ``sandbox`` or ``simulator``.
        site: one of the venue's sites; None is its default.
        base_url: replaces the venue's host; None keeps it.
        options: the remaining keywords of ``connect``; the plugin refuses those it does not know.
    """

    venue_id: str
    environment: str
    site: str | None = None
    base_url: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<VenueSettings {self.venue_id}, {self.environment}>"  # the options may hold a secret

    @property
    def member(self) -> str | None:
        """What stands after the colon of a ``family:member`` id; None without one."""
        return self.venue_id.partition(":")[2] or None


class RateLimit(Record, frozen=True, kw_only=True):
    """How much a key may ask of one group: ``amount`` per ``window`` seconds, counted by weight or by call.

    ``kept`` of it are for the cancel and confirm lanes alone, so that a bot's other calls can never starve those.
    """

    amount: int
    window: float = 1.0
    by_weight: bool = True
    kept: int = 0


class LeakyBucket(Record, frozen=True, kw_only=True):
    """How much a key may ask of one group: calls fill a bucket of ``capacity``, of which ``refill`` leaks each second.

    Venues also call it a token bucket, points, or a counter that decays. Counted by weight or by call. A call of the
    normal lane goes out only if it leaves ``kept`` of it free, for the cancel and confirm lanes.
    """

    capacity: int
    refill: float
    by_weight: bool = True
    kept: int = 0

    @property
    def amount(self) -> int:
        """The most that it holds at once."""
        return self.capacity

    @property
    def window(self) -> float:
        """Seconds in which a full one is empty again: what is longer ago counts no more."""
        return self.capacity / self.refill


Budget = RateLimit | LeakyBucket
Declared = Budget | tuple[Budget, ...]
"""What a venue says of one group: one limit, or several that all hold; the empty tuple says that there is none."""


def budgets_of(declared: Declared) -> tuple[Budget, ...]:
    """Return the limits of one group, each by itself."""
    return declared if isinstance(declared, tuple) else (declared,)


class Scrub(Record, frozen=True, kw_only=True):
    """What of a venue's traffic a recording keeps. Whatever is not named here is not written, whoever invents it later.

    Names are those of headers in small letters, of parameters in a query, a form or a JSON body, and of fields in JSON
    answers at any depth. The whole answer is kept of a request that has nothing in it but what is named: it is public.

    Attributes:
        params: parameters whose values a request is told apart by; of all others only the name is kept.
        changing: parameters that are other ones each time, such as a timestamp: they are left out.
        fields: fields whose values are kept in the answer to any other request.
        accounts: parameters and fields that say whose account it is; they are numbered, each the same all over a
            recording.
        amounts: fields whose numbers say how much there is in an account; of a real venue, each becomes 1.
        reads: ends of paths, such as ``QueryOrders``, that change nothing though they are asked by POST: a replay may
            ask them once more than the recording did, as it may any GET.
        request_headers: headers that a request is told apart by; ``content-type`` never is one.
        answer_headers: headers of answers that the plugin reads, beside ``content-type`` and ``retry-after``.
    """

    params: frozenset[str] = frozenset()
    changing: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    amounts: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    request_headers: frozenset[str] = frozenset()
    answer_headers: frozenset[str] = frozenset()


class Credentials(Protocol):
    """A key that signs, in the way of its ``kind``. It shows its public part, and never what it signs with.

    Each way of signing raises ConfigurationError where the key is of another kind, and InvalidArgument for a digest,
    encoding, padding or form that there is none of. Digests are named as in ``hashlib``: ``sha256``, ``sha512``.
    """

    @property
    def api_key(self) -> str:
        """The public part, as it goes into a header."""

    @property
    def kind(self) -> str:
        """How it signs: ``hmac``, ``ed25519``, ``rsa`` or ``ecdsa``."""

    def part(self, name: str) -> str:
        """Return a further part of the key that ``key_parts`` names, such as a passphrase, to be sent or signed."""

    def hmac(self, digest: str, message: bytes, *, key_encoding: str = "utf-8") -> bytes:
        """Sign with the secret; ``key_encoding`` says what its text is: ``utf-8``, ``base64`` or ``hex``."""

    def hmac_sha256(self, message: bytes) -> str:
        """Sign with the secret's UTF-8 text as the key; lower-case hex."""

    def ed25519(self, message: bytes) -> bytes:
        """Sign with the private key; 64 bytes."""

    def rsa(self, digest: str, message: bytes, *, padding: str = "pkcs1v15") -> bytes:
        """Sign with the private key; ``padding`` is ``pkcs1v15`` or ``pss``, with a salt as long as the digest."""

    def ecdsa(self, digest: str | None, message: bytes, *, form: str = "der") -> bytes:
        """Sign with the private key, of whichever curve; a ``digest`` of None takes the message for one already.

        ``form`` is ``der``; ``raw``: r and s, side by side; or, of a key on secp256k1, ``recoverable``: 65 bytes, r, s
        and the recovery id v, from 0 to 3, to which chains add 27 or more.
        """


class OpenedVenue(Protocol):
    """What ``open_venue`` returns, beside the venue hooks that it implements.

    It may also have:

    - ``cancel_batch``, ``create_batch``: how many orders one ``cancel_orders`` or ``create_orders`` takes. Without it,
      or below 2, several orders go out one by one: the hook is never asked.
    - ``check_cancel(request)``, ``check_create(request)``: raise InvalidArgument for what could not be sent; the first
      is asked with an id, before the first of several cancels is sent.
    - ``support``: a mapping of hook names to ``"partial"`` or False where the site lacks some or all of a hook, and of
      ccxt's keys (``createMarketOrder``) where a call differs from its hooks.
    - ``loads_markets``: whether ``connect`` loads the markets first.
    - ``second_look``: seconds after which the end of a canceled order is looked at once more, where the venue posts
      fills late.
    - ``client_ids``: ``"changed"`` or ``"not_sent"``, where a create does that with the client's id instead of sending
      and showing it as it is.
    - ``largest_client_id``, where it takes whole numbers from 1 up for client order ids and nothing else; or
      ``client_id_form(digits)``, which writes 32 hexadecimal digits as it takes them. Those that a connection makes are
      such, else the first 24 digits.
    - ``heeds``: a frozenset of those of ``account_id`` and ``test`` that its hooks look at, and do or refuse. Without
      it a request that names another account, or that only wants a check, is NotSupported, and nothing is sent: a hook
      that passes it by reads the key's own account, or places the order.
    - ``look_params(request)``: what the look-ups of an order that was asked for must have in their ``params``; those of
      a cancel have the cancel's own.
    - ``market_type``: of which type of market, such as ``spot``, its lists without a symbol have the orders, where an
      account may have others, too. None, or without it, they have all. A stop says which, and leaves as
      ``cancel_all_orders`` does what another connection of the key placed in another.
    - ``scrub``: the ``Scrub`` of its traffic, without which a recording keeps little.
    - ``seconds_an_order``: what each order adds to the time of a call of several that names none; ``SECONDS_AN_ORDER``
      without it.
    - ``clock_ahead``: how many ms a timestamp may be ahead of the venue's clock; ``CLOCK_AHEAD`` without it.
    - ``clock_step``: in steps of how many ms ``fetch_time`` counts, such as 1000 where an HTTP ``date`` tells it;
      ``CLOCK_STEP`` without it.
    - ``checks_time``: False where the venue refuses no request for its time, as where there are nonces alone: then
      nothing vouches for our clock before it was measured.
    - ``key_kinds``: a frozenset of the kinds that its keys may be of; ``hmac`` and ``ed25519`` without it.
    - ``key_parts``: a tuple of the names of what its keys have besides, such as ``("passphrase",)``. A key without them
      is refused when it is opened.
    - ``key_names``: for a library that signs by itself: a tuple of the names under which ``connect`` is given all that
      it signs with, such as ``("api_key", "secret", "password")``, for whoever gives none.
    - ``ordered``: True or a frozenset of groups, whose signed requests of a key go out one after another, each with a
      higher ``nonce``, which counts the venue's time in ``nonces_a_second`` (``NONCES_A_SECOND`` without it).
    - ``stream_hosts``: a frozenset of the origins where streams may be opened, such as ``wss://stream.example``; plain
      ``ws`` is for loopback addresses alone. Without it there are none.
    - ``sign_stream(plan, credentials, timestamp)``: pure, as ``sign``: a tuple of the texts that are sent over a stream
      once it is open, after the plan's ``first``, and signed with the key, such as a login.
    - ``take_key(api_key, secret)``, ``has_key``: for a library that signs by itself; the second says whether it has
      what it signs with. ``key_text``: all that it signs with, where that is no key of the core's; of it only a mark is
      used, by which processes with a budget in Redis know each other.
    - ``hints(ways)``: for a library that listens by itself, where the plugin opens no stream: returns its ``Hints``.
      What is watched is found by asking all the same; a hint only says where to ask at once. Called in an event loop,
      once for each time that somebody begins to watch.
    - ``shared_limits``: stands for ``limits`` in a budget that processes share, where a library paces its requests
      within a process.
    """

    @property
    def hosts(self) -> frozenset[str]:
        """The origins that requests may go to, such as ``https://api.example``; nothing is sent elsewhere.

        Plain ``http`` is for loopback addresses alone. Where the caller named a ``base_url``, what is signed goes to
        that one only.
        """

    @property
    def limits(self) -> Mapping[str, Declared]:
        """The venue's rate limits by group: a RateLimit or LeakyBucket, a tuple of those that all hold, or ``()``.

        Every group that a call names must be here, and no call may weigh more than its group holds at once: that is
        PluginError, and nothing is sent. ``public`` alone may be missing, for calls that are not signed.
        """

    @property
    def request_lifetime(self) -> int:
        """How long after its timestamp the venue still takes a request, in ms."""

    def sign(self, call: HttpCall, credentials: Credentials | None, timestamp: int) -> HttpRequest:
        """Build the exact bytes of a call; pure. ``timestamp`` is the venue's time in ms UTC.

        ``credentials`` is None for calls that are not signed.
        """
