"""What keeps a stream, and tells each change once: of orders by its keeper, and of all else by a subject of its own."""
