"""Which file the journal is, and whether only its owner can have written it: looked at before each entry."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from shlex import quote

from hk_adapter.errors import ConfigurationError

COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside the file, and believes as it believes the file."""

_OPEN_BESIDE = ("-wal", "-shm")
"""Those of them that are there for as long as anybody has the file open, and the same ones for all who have."""

_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class _Seal:
    """The file that was opened first. Only ``size`` may grow."""

    device: int
    inode: int
    size: int


class FileIdentity:
    """Holds a path to the file that was first opened under it.

    An entry in a file that nobody will find, or in one that others may write, remembers nothing. What was found wrong
    stays wrong until the same file lies under its path again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # As text: these are looked at before each entry, and a Path is slow to say what it is.
        self._file, self._directory = str(path), str(path.parent)
        self._companions = [(name, f"{path}{name}") for name in _OPEN_BESIDE]
        self._seal: _Seal | None = None
        self._cut = ""
        self._beside: dict[str, tuple[int, int]] = {}

    def check(self) -> None:
        """Raise ConfigurationError where the path does not lead to the file that was opened, or others may write it."""
        self._judge(self._look())

    def inspect(self) -> os.stat_result:
        """Look at the file, and at what lies beside it, before it is opened. Raises as ``check``."""
        found = self._look()
        self._judge(found)
        for companion in COMPANIONS:
            self._check_companion(Path(f"{self.path}{companion}"))
        return found

    def seal(self, inspected: os.stat_result) -> None:
        """Accept the file that was inspected, and then opened, for the journal. Raises as ``check``."""
        self._seal = self._seal or _Seal(inspected.st_dev, inspected.st_ino, inspected.st_size)
        self.check()
        self._beside = self._look_beside()

    def has_all_beside(self) -> bool:
        """Whether what lay beside the file as it was opened still does: without it nobody finds what is written."""
        return self._beside.items() <= self._look_beside().items()

    def condemn(self, words: str) -> None:
        """Believe the file no more. Raises as ``check``."""
        self._cut = words
        raise self._told_cut()

    def check_absent(self) -> None:
        """Raise ConfigurationError where the path is empty but must not be: the journal was there, or part of it is."""
        if self._seal is not None:
            raise self._gone()
        for companion in COMPANIONS:
            left = Path(f"{self.path}{companion}")
            if os.path.exists(left):  # where its name is too long, Path.exists raises on some Pythons
                raise ConfigurationError(
                    f"the journal {self.path} is gone, but {left.name} is there, which belongs to it: put it back,"
                    f" or remove what is left: rm {quote(str(left))}"
                )

    def _look_beside(self) -> dict[str, tuple[int, int]]:
        found = {}
        for name, path in self._companions:
            try:
                one = os.lstat(path)
            except FileNotFoundError:
                continue
            found[name] = (one.st_dev, one.st_ino)
        return found

    def _look(self) -> os.stat_result:
        try:
            return os.lstat(self._file)
        except (FileNotFoundError, NotADirectoryError):
            if self._seal is None:
                raise
            raise self._gone() from None

    def _judge(self, found: os.stat_result) -> None:
        self._check_same(found)
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISLNK(found.st_mode):
            kind = "a directory" if stat.S_ISDIR(found.st_mode) else "no plain file"
            raise ConfigurationError(f"the journal {self.path} is {kind}: give it the path of a file of its own")
        if found.st_size == 0:
            raise ConfigurationError(
                f"the journal {self.path} is empty: it was cut to nothing, and what it held is not known any more;"
                f" to begin a new one: rm {quote(str(self.path))}"
            )
        if os.name == "posix":
            self._check_private("the journal", self.path, found)
            self._check_names(found)
            self._check_directory()

    def _check_same(self, found: os.stat_result) -> None:
        seal = self._seal
        if seal is None:
            return
        if self._cut:
            raise self._told_cut()
        if (found.st_dev, found.st_ino) != (seal.device, seal.inode):
            raise ConfigurationError(
                f"the journal {self.path} was replaced by another file while it was open: put it back, or restart with"
                " the file that is there now"
            )
        if found.st_size < seal.size and found.st_size != _size_in_header(self.path):
            self._cut = f"the journal {self.path} was cut from {seal.size} to {found.st_size} bytes while it was open"
            raise self._told_cut()
        if found.st_size != seal.size:
            self._seal = _Seal(seal.device, seal.inode, found.st_size)

    def _check_companion(self, companion: Path) -> None:
        try:
            found = os.lstat(companion)
        except FileNotFoundError:
            return
        if os.name == "posix":
            self._check_private("what lies beside the journal,", companion, found)

    def _check_private(self, what: str, file: Path, found: os.stat_result) -> None:
        if stat.S_ISLNK(found.st_mode):
            raise ConfigurationError(f"{what} {file} is a symbolic link; name the file itself")
        if found.st_uid not in {os.geteuid(), 0}:
            raise ConfigurationError(
                f"{what} {file} belongs to user {found.st_uid}, not to this process: it is not believed"
            )
        if stat.S_ISREG(found.st_mode) and found.st_mode & 0o022:
            raise ConfigurationError(
                f"{what} {file} may be written by others (mode {stat.S_IMODE(found.st_mode):04o}), so it is not"
                f" believed; look what is in it, then: chmod go-w {quote(str(file))}"
            )

    def _check_names(self, found: os.stat_result) -> None:
        """Refuse a file with a hard link: SQLite keeps a -wal for each name, and each loses what another one has.

        A new journal has two names for a moment, and for ever where its process was killed in that: of the second one
        nobody makes use.
        """
        if found.st_nlink < 2:
            return
        unused = [one for one in self.path.parent.glob(f"{escape(self.path.name)}.*.new") if _is(one, found)]
        if os.lstat(self.path).st_nlink > 1 + len(unused):  # looked at again: that moment may be over
            raise ConfigurationError(
                f"the journal {self.path} has another name, too, a hard link, and what is written by one is lost by the"
                f" other: find {quote(str(self.path.parent))} -samefile {quote(str(self.path))}"
            )

    def _check_directory(self) -> None:
        directory = self._directory
        mode = os.stat(directory).st_mode
        if mode & 0o022 and not mode & stat.S_ISVTX:
            raise ConfigurationError(
                f"others may replace files in {directory} (mode {stat.S_IMODE(mode):04o}), so the journal there is not"
                f" believed; look what is in it, then: chmod go-w {quote(directory)}"
            )

    def _told_cut(self) -> ConfigurationError:
        return ConfigurationError(f"{self._cut}; look what is left of it, and restart")

    def _gone(self) -> ConfigurationError:
        return ConfigurationError(
            f"the journal {self.path} was moved or deleted while it was open: put it back, or restart to begin a new"
            " one; what was in flight stands in the file that is gone"
        )


def _is(path: Path, found: os.stat_result) -> bool:
    try:
        one = os.lstat(path)
    except FileNotFoundError:
        return False
    return (one.st_dev, one.st_ino) == (found.st_dev, found.st_ino)


def _size_in_header(path: Path) -> int | None:
    """Return the size that a database says it has; None where that is no database."""
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(_MAGIC) or len(header) < 100:
        return None
    page = int.from_bytes(header[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
