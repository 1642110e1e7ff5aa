"""Effects, and the runners that drive a flow. No HTTP library is imported here."""
