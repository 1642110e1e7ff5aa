"""What keeps a private stream, and tells each change of an order once."""
