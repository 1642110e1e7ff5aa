"""Property tests may be slow on a busy machine: no deadline per example."""

from hypothesis import settings

settings.register_profile("model", deadline=None, max_examples=100)
settings.load_profile("model")
