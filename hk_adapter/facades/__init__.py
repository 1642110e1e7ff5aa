"""What a bot calls, by rooms: cancels, orders, account, markets; for threads and, method for method, for asyncio."""
