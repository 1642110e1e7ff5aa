"""Streams: connections that frames arrive on, the events of an account, what everybody sees of a pair, and faults."""
