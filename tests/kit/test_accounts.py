"""Accounts in recordings: numbered, the same one always the same, and asked for by their own ids when it is played."""

from __future__ import annotations

from pathlib import Path

from hk_adapter.testing.cassettes.accounts import Accounts

from .recording import recorded_in

SUB_KEY = "key-of-a-sub-account"


def test_a_test_may_name_the_account_that_it_recorded(tmp_path: Path) -> None:
    """The id that stands in a test finds the number that was written for it, though other accounts came before."""
    path, sub_account = tmp_path / "story.yaml", ""
    for mode in ("once", "none"):
        with recorded_in(path, mode) as recorded, recorded.connect(site="mena") as venue:
            if recorded.recording:
                sub_account = recorded.at_venue("open_sub_account", SUB_KEY, "its secret")
            own = venue.create_order("ETH/USD", "limit", "buy", "0.5", "1900")
            assert venue.fetch_open_orders(account_id=sub_account) == []
            assert [one.id for one in venue.fetch_open_orders()] == [own.id]
    text = path.read_text()
    assert sub_account not in text
    assert "subAccountId=1000000000000000002" in text


def test_accounts_are_numbered() -> None:
    """Each by a number of its own, wherever it stands by itself; what is no number of theirs gets a name."""
    accounts = Accounts()
    first, second = accounts.number("1464567707961719552"), accounts.number("7")
    assert (first, second) == ("1000000000000000001", "1000000000000000002")
    assert (accounts.number(first), accounts.number("7"), accounts.number("jane")) == (first, second, "account-3")
    text = "/accounts/1464567707961719552/orders?x=14645677079617195521&y=7"
    assert accounts.everywhere(text) == f"/accounts/{first}/orders?x=14645677079617195521&y=7"


def test_what_was_learnt_from_an_answer_is_not_given_away() -> None:
    """An account that a replay names by its number leaves the others to those that it names by their ids."""
    accounts = Accounts()
    accounts.expect(["/x?accountId=1000000000000000001", "/x?accountId=1000000000000000004&y=account-2"])
    assert accounts.number("1000000000000000001") == "1000000000000000001"
    assert (accounts.number("real"), accounts.number("other")) == ("1000000000000000004", "account-2")
