"""Django's settings; imported before anything else of Django's."""
# pyright: reportMissingImports=false

from __future__ import annotations

import django
from django.conf import settings

from tests.bench.peers.address import ADDRESS, parts

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            **parts(ADDRESS),
            "OPTIONS": {
                "pool": {"min_size": 1, "max_size": 10},
                "options": "-c default_transaction_read_only=off",
            },
        }
    },
    DEBUG=False,
    INSTALLED_APPS=["tests.bench.peers"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF="tests.bench.peers.rest",
    SECRET_KEY="bench",  # nothing is signed here
    USE_TZ=True,
)
django.setup()
