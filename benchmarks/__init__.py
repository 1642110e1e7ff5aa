"""How long things take, beside ccxt and beside the least that they can take: ``make bench``."""
