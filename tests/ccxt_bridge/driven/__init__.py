"""Every exchange of ccxt's that takes orders, driven through the bridge beside plain ccxt."""
