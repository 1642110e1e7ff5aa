"""Any ccxt exchange behind the venue hooks: ccxt signs and parses, our runners send."""
