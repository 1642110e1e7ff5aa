"""Venue-neutral flows on top of the hooks: they use nothing else of a venue."""
