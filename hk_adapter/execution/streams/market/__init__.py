"""What keeps public market data: books that are whole or not shown, trades once, and the newest ticker."""
