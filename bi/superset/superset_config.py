"""Settings of the Superset that `make superset` starts; docs/superset.md.

If you run your own Superset, copy two of these: the feature flag, for the queries of
the datasets, and the colours. The content security policy is useful too.
"""

import os
from pathlib import Path

_HOME = Path(os.environ["SUPERSET_HOME"])

SECRET_KEY = (_HOME / "secret").read_text(encoding="utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME}/superset.db"
FEATURE_FLAGS = {"ENABLE_TEMPLATE_PROCESSING": True}

# disable fonts and tiles that come from other servers
MAPBOX_API_KEY = ""

# forbid pages to load from other machines: Superset counts its users by an image on one
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

# disable the cache, so that charts show a new publication at once
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# Okabe and Ito's colours, which colour-blind people tell apart
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "okabeIto",
        "description": "Told apart by colour-blind people",
        "label": "Okabe-Ito",
        "isDefault": True,
        "colors": [  # the report's: carbonshed/report/colours.yml
            "#005FA3",
            "#C68200",
            "#0A7F60",
            "#A63A00",
            "#A4509E",
            "#2C94DC",
            "#858A95",
            "#6F2A4D",
        ],
    }
]
