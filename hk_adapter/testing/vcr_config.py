"""For a conftest: ``from hk_adapter.testing.vcr_config import vcr_config`` lets every ``vcr`` test record as we do."""

from hk_adapter.testing.fixtures import hk_vcr_config as vcr_config

__all__ = ["vcr_config"]
