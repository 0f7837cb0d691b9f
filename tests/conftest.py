"""What all tests share: hypothesis without a stop watch, since machines that build are busy ones.

`--hypothesis-profile=thorough` looks for minutes where the usual run looks for seconds. In CI the same
examples are tried each time, so that a change is judged by what it changes.
"""

import os

from hypothesis import settings

settings.register_profile("patient", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.register_profile("thorough", deadline=None, max_examples=5000)
settings.load_profile("patient")
