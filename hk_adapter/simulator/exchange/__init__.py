"""The exchange itself: markets, books, orders, fills, accounts and their money. It knows no request."""
