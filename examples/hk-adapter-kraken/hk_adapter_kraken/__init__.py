"""Kraken's spot REST API as a venue of hk_adapter: ``hk_adapter.connect("kraken", ...)``."""
