"""What the venue is asked: a request's parameters checked, its answer in the documented shape."""
