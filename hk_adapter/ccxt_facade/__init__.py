"""A ccxt exchange class for bots that speak ccxt already: everything is ccxt's own, but its cancels are ours."""

from hk_adapter.ccxt_facade.registration import NAME, register, register_in

__all__ = ["NAME", "register", "register_in"]
