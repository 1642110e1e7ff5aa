"""Tools that mock ``requests`` do not see our requests: while one is active, none goes out."""

from __future__ import annotations

from functools import wraps
from time import monotonic
from unittest import mock

import pytest
import requests

from hk_adapter.errors import NotSent
from hk_adapter.flow import mock_signs
from hk_adapter.transport.requests_transport import RequestsTransport


def answering(peer):
    """Answer every request."""
    while peer.read_request():
        peer.answer(b"reached")


def by_responses():
    """Mock as ``responses`` does."""
    return pytest.importorskip("responses").RequestsMock(assert_all_requests_are_fired=False)


def by_requests_mock():
    """Mock as ``requests-mock`` does."""
    return pytest.importorskip("requests_mock").Mocker()


def by_hand():
    """Mock as a test without a tool does."""
    patched = pytest.MonkeyPatch()
    patched.setattr(requests.Session, "get_adapter", lambda self, url: None)
    return patched


@pytest.mark.parametrize("tool", [by_responses, by_requests_mock, by_hand])
@pytest.mark.parametrize("warm", [False, True])
def test_nothing_goes_out_behind_a_mock(serve, cancel, tool, warm):
    """Refused by name before a byte leaves, on a kept connection too; sent again once the mock is gone."""
    venue = serve(answering)
    transport = RequestsTransport()
    far = monotonic() + 5
    if warm:
        transport.send(cancel(venue.origin), far)
    before = len(venue.requests)
    mock = tool()
    if isinstance(mock, pytest.MonkeyPatch):
        with pytest.raises(NotSent, match="requests") as failure:
            transport.send(cancel(venue.origin), far)
        mock.undo()
    else:
        with mock, pytest.raises(NotSent, match="requests") as failure:
            transport.send(cancel(venue.origin), far)
    assert failure.value.unreachable is False
    assert len(venue.requests) == before
    assert transport.send(cancel(venue.origin), far).body == b"reached"
    transport.close()


@pytest.mark.parametrize("name", ["requests.get", "requests.delete", "requests.Session.request", "requests.Session"])
@pytest.mark.parametrize("new", [mock.DEFAULT, lambda *given, **named: None])
def test_nothing_goes_out_behind_what_a_test_puts_there_by_hand(serve, cancel, name, new):
    """Whichever function of ``requests`` it takes, by the standard library's mock or a function of its own."""
    venue, transport = serve(answering), RequestsTransport()
    with mock.patch(name, new), pytest.raises(NotSent, match="requests"):
        transport.send(cancel(venue.origin), monotonic() + 5)
    assert venue.requests == []
    transport.close()


def test_a_program_may_wrap_what_it_calls(serve, cancel, monkeypatch):
    """Outside a test, a function that sets a timeout is no mock."""
    whole = requests.Session.request
    monkeypatch.setattr(requests.Session, "request", lambda *given, **named: whole(*given, timeout=10, **named))
    monkeypatch.setattr(mock_signs, "in_a_test", lambda: False)
    transport = RequestsTransport()
    assert transport.send(cancel(serve(answering).origin), monotonic() + 5).body == b"reached"
    transport.close()


def test_a_tracer_that_only_watches_is_no_mock(serve, cancel, monkeypatch):
    """A wrapper that says whose function it is, as tracers write them, lets requests go."""
    whole = requests.Session.send

    @wraps(whole)
    def traced(*args, **kwargs):
        return whole(*args, **kwargs)

    monkeypatch.setattr(requests.Session, "send", traced)
    transport = RequestsTransport()
    assert transport.send(cancel(serve(answering).origin), monotonic() + 5).body == b"reached"
    transport.close()
