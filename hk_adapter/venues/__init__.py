"""The venues that ship."""
