"""The journal: what is about to be sent is on disk before it is sent, so that no crash can make it forgotten."""

from hk_adapter.plugins.journal.path import PATH_VARIABLE, default_path
from hk_adapter.plugins.journal.wrapper import Journal

__all__ = ["PATH_VARIABLE", "Journal", "default_path"]
