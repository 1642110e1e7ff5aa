"""Sockets that obey the absolute deadline of the call that their thread is making.

A socket timeout starts anew with every byte, so an answer that trickles in outlives it. These sockets set
their timeout to what is left of the call before each operation. It is done in the TLS socket too, because
wrapping a socket leaves the wrapped one, and whatever hung on it, behind.

After gevent's ``monkey.patch_all()`` the classes below are gevent's: its ``send`` also takes a ``timeout``, and its
``do_handshake`` no argument.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.dns import AddressInfo, NameLookups, literal_address
from hk_adapter.transport.redaction import is_own_shortage

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class _OfThread(threading.local):
    """What bounds every operation of the running thread on our sockets.

    Attributes:
        deadline: in seconds of ``time.monotonic()``; None while no call is made.
    """

    deadline: float | None = None


in_force = _OfThread()
_SocketOption = tuple[int, int, int | bytes]


def _left(deadline: float) -> float:
    """Return the seconds left; raise TimeoutError when there are none."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("the deadline of the call is over")
    return left


def _arm(sock: socket.socket) -> None:
    if (deadline := in_force.deadline) is not None:
        sock.settimeout(_left(deadline))


if TYPE_CHECKING:
    _Plain = socket.socket
else:  # not a guard of a test's that stands there now, and for as long as it does
    _Plain = next((kind for kind in socket.socket.__mro__ if kind.__module__ == "socket"), socket.socket)


class _DeadlineSocket(_Plain):
    """A plain socket bound by its thread's deadline."""

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        _arm(self)
        return super().recv(bufsize, flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0, /) -> int:
        _arm(self)
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: ReadableBuffer, flags: int = 0, /, **of_gevent: Any) -> int:
        _arm(self)
        return super().send(data, flags, **of_gevent)

    def sendall(self, data: ReadableBuffer, flags: int = 0, /) -> None:
        _arm(self)
        super().sendall(data, flags)


class _DeadlineTLSSocket(ssl.SSLSocket):
    """A TLS socket bound by its thread's deadline, the handshake included."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        _arm(self)
        return super().recv(buflen, flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        _arm(self)
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: ReadableBuffer, flags: int = 0, **of_gevent: Any) -> int:
        _arm(self)
        return super().send(data, flags, **of_gevent)

    def do_handshake(self, *block: bool) -> None:
        _arm(self)
        super().do_handshake(*block)


@lru_cache(maxsize=8)
def _socket_class(standing: Any) -> type[_DeadlineSocket]:
    """Return the class whose sockets go the way of what stands for ``socket.socket``: through a proxy, or nowhere.

    What is no kind of Python's own socket, as gevent's, is left alone.
    """
    if issubclass(_DeadlineSocket, standing) or not issubclass(standing, socket._socket.socket):  # type: ignore[attr-defined]
        return _DeadlineSocket
    return type(_DeadlineSocket.__name__, (_DeadlineSocket, standing), {})


def bind_tls(context: ssl.SSLContext) -> None:
    """Have the context wrap sockets into such that obey the deadline of their thread, if it has one."""
    context.sslsocket_class = _DeadlineTLSSocket


def open_socket(lookups: NameLookups, host: str, port: int, options: Iterable[_SocketOption] = ()) -> socket.socket:
    """Return a connected socket. Raises OSError; to be called with a deadline in force.

    Each address of the host gets an equal share of the time left, so that a dead one does not use it up.
    """
    deadline = in_force.deadline
    if deadline is None:
        raise RuntimeError("no deadline is in force in this thread")
    literal = literal_address(host, port)
    addresses = [literal] if literal else lookups.start(host, port).wait(_left(deadline))
    failure = OSError("no address")
    for index, address in enumerate(addresses):
        try:
            return _connect(address, _left(deadline) / (len(addresses) - index), tuple(options))
        except OSError as error:
            raise_struck(error)
            if index == 0 or not is_own_shortage(error):  # this machine may have no such kind of address at all
                failure = error
    raise failure


def _connect(address: AddressInfo, timeout: float, options: Sequence[_SocketOption]) -> socket.socket:
    family, kind, proto, _, place = address
    sock = _socket_class(socket.socket)(family, kind, proto)
    try:
        for option in options:
            sock.setsockopt(*option)
        sock.settimeout(timeout)
        sock.connect(place)
    except BaseException:
        sock.close()
        raise
    return sock
