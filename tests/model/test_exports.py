"""What the package of models offers."""

from hk_adapter import model


def test_the_exports_are_sorted_and_there() -> None:
    """``__all__`` is in order, without repeats, and names only what exists."""
    assert model.__all__ == sorted(set(model.__all__))
    assert all(hasattr(model, name) for name in model.__all__)
