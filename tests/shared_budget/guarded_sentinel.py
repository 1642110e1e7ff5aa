"""A Redis and a sentinel that ask for users and passwords, each its own, with or without TLS: real processes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import trustme

from .conftest import SERVER, end_links, free_port, library, wait_until

OF_REDIS = "canary/of@the:primary"
OF_SENTINEL = "canary+of?the&sentinel"
BOTS = "~* &* +@all"
ASKERS = "-@all +ping +hello +auth +sentinel|masters"
"""What a bot's user may ask of a sentinel: no more than it needs."""


@dataclass
class Guarded:
    """Both, and how they are reached. ``user`` is that of both; empty for their default users."""

    port: int
    sentinel: int
    user: str
    authority: Path | None

    def url(self, *, primary: str = OF_REDIS, sentinel: str = OF_SENTINEL, trusts: bool = True) -> str:
        """Say where the budget is, with these passwords; whether the authority is named."""
        scheme = "redis+sentinel" if self.authority is None else "rediss+sentinel"
        params = {"sentinel_username": self.user, "sentinel_password": sentinel}
        if self.authority is not None and trusts:
            params["ssl_ca_certs"] = str(self.authority)
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in params.items() if value)
        return f"{scheme}://{self.user}:{quote(primary, safe='')}@127.0.0.1:{self.sentinel}/desk/0?{query}"


@contextmanager
def guarded(folder: Path, *, user: str = "", tls: bool = False) -> Iterator[Guarded]:
    """Start both, and wait until the sentinel has found the primary to be one."""
    made = Guarded(free_port(), free_port(), user, certified(folder) if tls else None)
    listens = [_listens(folder, port, tls=tls) for port in (made.port, made.sentinel)]
    primary = [*listens[0], 'save ""', *_login(user, OF_REDIS, BOTS)]
    sentinel = [
        *listens[1],
        *_login(user, OF_SENTINEL, ASKERS),
        f"sentinel monitor desk 127.0.0.1 {made.port} 1",
        *([f"sentinel auth-user desk {user}"] if user else []),
        f'sentinel auth-pass desk "{OF_REDIS}"',
    ]
    running = [_started(folder, "primary", primary), _started(folder, "sentinel", sentinel, "--sentinel")]
    try:
        wait_until(lambda: _answers(made, made.port, OF_REDIS) and _answers(made, made.sentinel, OF_SENTINEL))
        yield made
    finally:
        end_links()
        for process in running:
            process.kill()
            process.wait()


def _listens(folder: Path, port: int, *, tls: bool) -> list[str]:
    common = ["bind 127.0.0.1", f'dir "{folder}"']
    if not tls:
        return [f"port {port}", *common]
    files = [f'tls-cert-file "{folder}/redis.crt"', f'tls-key-file "{folder}/redis.key"']
    trust = [f'tls-ca-cert-file "{folder}/authority.crt"', "tls-auth-clients no", "tls-replication yes"]
    return ["port 0", f"tls-port {port}", *common, *files, *trust]


def _login(user: str, password: str, rights: str) -> list[str]:
    if not user:
        return [f'requirepass "{password}"']
    return ["user default off", f"user {user} on >{password} {rights}"]


def _started(folder: Path, name: str, lines: list[str], *options: str) -> subprocess.Popen[bytes]:
    config = folder / f"{name}.conf"
    config.write_text("\n".join(lines), encoding="utf-8")
    return subprocess.Popen([str(SERVER), str(config), *options], stdout=subprocess.DEVNULL)


def _answers(made: Guarded, port: int, password: str) -> bool:
    tls = {} if made.authority is None else {"ssl": True, "ssl_ca_certs": str(made.authority)}
    try:
        with library().Redis("127.0.0.1", port, username=made.user or None, password=password, **tls) as client:
            return bool(client.ping())
    except library().ConnectionError:
        return False


def certified(folder: Path) -> Path:
    """Make an authority and a certificate by it for this machine; return the authority's."""
    authority = folder / "authority.crt"
    ca = trustme.CA()
    own = ca.issue_cert("127.0.0.1")
    ca.cert_pem.write_to_path(authority)
    own.private_key_pem.write_to_path(folder / "redis.key")
    own.cert_chain_pems[0].write_to_path(folder / "redis.crt")
    return authority
