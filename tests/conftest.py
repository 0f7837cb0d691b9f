"""What all tests share: hypothesis without a stop watch, since machines that build are busy ones.

`--hypothesis-profile=thorough` looks for minutes where the usual run looks for seconds.
"""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=5000)
settings.load_profile("patient")
