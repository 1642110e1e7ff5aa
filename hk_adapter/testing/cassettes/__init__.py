"""Recordings of venues: what of them is written, how they are played back, and the check that none holds a secret."""
