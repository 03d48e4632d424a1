"""The site as `uncached_wsgi`, and at `cpu_parts.PATH` the CPU of this process by part, as JSON."""

import json
import os

import django

from .cpu_parts import PAGES, PATH, CpuMeter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")
django.setup()
meter = CpuMeter(PAGES)  # before Django stores the functions that it calls

from .uncached_wsgi import application as site  # noqa: E402


def application(environ, start_response):
    if environ["PATH_INFO"] != PATH:
        return site(environ, start_response)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(meter.read()).encode()]
