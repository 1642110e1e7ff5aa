"""Metrics of calls: what they came to and how long they took, without an order's id or an account anywhere."""
