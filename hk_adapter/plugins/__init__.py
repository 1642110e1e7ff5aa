"""Wrappers that ship. Installed means available: none is active unless ``plugins=`` or a profile names it."""
