"""One key's rate budget for many processes, kept in Redis."""
