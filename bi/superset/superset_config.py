"""Settings of the Superset that `make superset` starts; docs/superset.md.

Whoever runs a Superset of their own needs two of these: the feature flag, for the
queries of the datasets, and the colours. The policy of pages is worth taking too.
"""

import os
from pathlib import Path

_HOME = Path(os.environ["SUPERSET_HOME"])

SECRET_KEY = (_HOME / "secret").read_text(encoding="utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME}/superset.db"
FEATURE_FLAGS = {"ENABLE_TEMPLATE_PROCESSING": True}

# fonts and tiles of others' servers are of no use without a network
MAPBOX_API_KEY = ""

# pages load nothing from another machine: Superset's own count of its users is an
# image of another server
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

# after a new publication the next question is answered from it
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# Okabe and Ito's colours, which colour-blind people tell apart
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "okabeIto",
        "description": "Told apart by colour-blind people",
        "label": "Okabe-Ito",
        "isDefault": True,
        "colors": [
            "#0072B2",
            "#E69F00",
            "#009E73",
            "#CC79A7",
            "#56B4E9",
            "#D55E00",
            "#8C8C8C",
            "#B8A900",
        ],
    }
]
