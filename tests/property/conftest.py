"""How hard the properties are tried: few examples beside all other tests.

`HYPOTHESIS_PROFILE=thorough`, as in `make test-slow`: more; `deep`: very many; `find`: as many, not shrunk.
"""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "default", max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=60)
settings.register_profile("deep", settings.get_profile("default"), max_examples=1000)
settings.register_profile("find", settings.get_profile("deep"), phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
