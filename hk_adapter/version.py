"""The version of this package, for whoever says it to a venue or a user: metadata of distributions is slow to read."""

from __future__ import annotations

VERSION = "0.1.0"
