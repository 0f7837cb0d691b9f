"""What all tests share: hypothesis without a stop watch, since machines that build are busy ones."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
