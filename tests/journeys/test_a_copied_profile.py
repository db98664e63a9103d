"""A copied browser profile shows nothing in clear: searched byte by byte for a thousand markers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from server.households import commands as households
from server.kernel.ids import new_id
from server.platform.db import db, transaction
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site, Templates, fill_world
from tests.journeys.steps import PASSWORD, open_hazard, records_page, settle
from tests.world import COUNTY, app_on, close

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

NAMES, NOTES = 330, 10
STROKES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
