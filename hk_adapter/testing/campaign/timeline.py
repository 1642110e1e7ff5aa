"""What happened when, in words, for whoever replays one cancel."""

from __future__ import annotations


class Timeline:
    """Collects lines where it is ``kept``, and costs little where it is not: what is dear to write asks first."""

    def __init__(self, *, kept: bool) -> None:
        self.kept = kept
        self._lines: list[tuple[float, str]] = []

    def add(self, at: float, line: str) -> None:
        """Record what happened at a moment, in virtual seconds."""
        if self.kept:
            self._lines.append((at, line))

    def text(self) -> str:
        """Write every line, in the order of time."""
        return "\n".join(f"{at:9.3f}  {line}" for at, line in sorted(self._lines, key=lambda one: one[0]))
