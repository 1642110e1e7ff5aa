"""A plugin's project to begin with: whole, passing, and marked where the venue at hand will differ."""

from hk_adapter.cli.skeleton.names import Names, names_of
from hk_adapter.cli.skeleton.project import files_of, write

__all__ = ["Names", "files_of", "names_of", "write"]
