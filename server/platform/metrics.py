"""Counters for monitoring, one registry per app: requests by route template and status, their time, nothing of a person.

Where the server program runs in several processes, each writes its counts into a folder that ``PROMETHEUS_MULTIPROC_DIR`` names,
and whichever is asked tells the sum of all.
"""

from __future__ import annotations

import os
import time

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from server.platform.logs import route_template

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # read by the library when it is imported: set before the program starts
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


def init_metrics(app: Flask) -> None:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    requests = Counter(
        "gridwalk_requests", "Requests by route and status", ["method", "route", "status"], registry=registry
    )
    seconds = Histogram("gridwalk_request_seconds", "Time to answer", ["route"], buckets=STEPS, registry=registry)
    app.extensions["metrics"] = registry

    @app.after_request
    def count(response: Response) -> Response:
        route = route_template()
        method = request.method if request.method in METHODS else "OTHER"
        requests.labels(method, route, str(response.status_code)).inc()
        seconds.labels(route).observe(time.perf_counter() - g.get("began_at", time.perf_counter()))
        return response


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def exposition() -> Response:
    """The figures in Prometheus' text format."""
    found = registry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(found := CollectorRegistry())
    return Response(generate_latest(found), content_type=CONTENT_TYPE_LATEST)


def registry() -> CollectorRegistry:
    """Where a room registers a counter of its own."""
    found: CollectorRegistry = current_app.extensions["metrics"]
    return found
