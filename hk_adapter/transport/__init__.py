"""What carries a finished request to a venue, and the clock it is stamped with."""
