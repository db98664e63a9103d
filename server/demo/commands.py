"""Fill an empty database with the demo. The same seed gives the same county, people and borders; ids are new each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.demo.bulk import Bulk
from server.demo.county import CITY_CODE, DOCUMENT, IN_FORCE, DemoCounty, DemoGrid, make_city, make_county
from server.demo.evaluation import LastMonth, evaluate, last_month
from server.demo.guarantees import insure
from server.demo.history import History
from server.demo.homes import Homes
from server.demo.lists import write_documents
from server.demo.mediations import Mediations
from server.demo.names import WORDS
from server.demo.notices import publish, set_city_design
from server.demo.sizes import HOME_COUNTY, HOME_TOWN, SIZES, Size
from server.demo.staff import Staff, name_care_team
from server.demo.zone import make_zone, people_of_zone
from server.kernel import clock
from server.matters.commands import load_starter_list, seed_policies, set_gas_number, set_review_of_patrols
from server.matters.rules import ReviewFacts
from server.people.commands import ensure_roles
from server.people.models import Person
from server.people.queries import holder_of
from server.platform.config import Settings
from server.privacy.figures import set_proposed

SEED = 330424
ALL = ReviewFacts("all")
GAS_NUMBER = "0573-00000000"  # nobody's

Say = Callable[[str], None]


class DemoRefused(Exception):
    """The demo's passwords are public; it is made only where ``GRIDWALK_DEMO=1``, in an empty database."""


def is_empty(session: Session) -> bool:
    return session.scalar(sa.select(Person.id).limit(1)) is None


def fill(session: Session, settings: Settings, size_name: str = "county", say: Say = lambda _text: None) -> None:
    """Everything of the demo in one transaction, which the caller commits. Raises DemoRefused, KeyError for the size."""
    if not settings.demo:
        raise DemoRefused("GRIDWALK_DEMO=1 is not set")
    if not is_empty(session):
        raise DemoRefused("the database is not empty")
    size = SIZES[size_name]
    ensure_roles(session)
    seed_policies(session, DOCUMENT)
    set_city_design(session)
    bulk = Bulk(session)
    city_id = make_city(bulk)
    zone = make_zone(bulk, city_id, Random(f"{SEED}/zone"))
    others = {"city": (city_id, CITY_CODE), "zone": (zone.id, zone.code)}
    for code in size.counties:
        random = Random(f"{SEED}/{code}")
        county = make_county(bulk, city_id, code, size, random)
        bulk.write()
        load_starter_list(session, county_code=code, from_day=IN_FORCE, document_no=DOCUMENT, is_demo=True, review=ALL)
        set_review_of_patrols(session, None, code, ALL, DOCUMENT)
        set_gas_number(session, None, code, GAS_NUMBER, DOCUMENT)
        _people_and_homes(bulk, county, others, size, random)
        say(f"{code} {county.name}: {len(county.grids)}")
    people_of_zone(bulk, zone, Random(f"{SEED}/zone people"))
    bulk.begin_streams()


def _people_and_homes(
    bulk: Bulk, county: DemoCounty, others: Mapping[str, tuple[UUID, str]], size: Size, random: Random
) -> None:
    home = _home_grids(county)
    staff, homes = Staff(bulk, county, random), Homes(bulk, county, size, random)
    if home:
        staff.appoint_accounts(others, home)
    staff.appoint_invented(home)
    homes.fill(home)
    bulk.write()
    if home:
        set_proposed(bulk.session, holder_of(bulk.session, staff.people["county"], clock.today()), DOCUMENT)
        team = name_care_team(bulk.session, staff.people, home[0])
        homes.plan_for_care_team(home[0], team.id)
        homes.plan_for_micro_leader(home[0])
        insure(bulk, staff, county.code, clock.today())
        bulk.write()
        publish(bulk, county, staff, home, Random(f"{SEED}/notices"))
        write_documents(bulk.session, staff.people, size)
        _history(bulk.session, county, staff, homes, size)


def _history(session: Session, county: DemoCounty, staff: Staff, homes: Homes, size: Size) -> None:
    """A month in the home village and the one after it. Its own seed: it must not move the people."""
    began = clock.today() - timedelta(days=size.history_days)
    earlier = LastMonth(session, county, staff, homes, Random(f"{SEED}/last month"))
    period = last_month()
    earlier.tell_month(_home_grids(county), period, min(began, period.to_day))
    history = History(session, county, staff, homes, Random(f"{SEED}/history"))
    villages = [v for t in county.towns if t.code == HOME_TOWN for v in t.villages][:2]
    home = villages[0].grids[:2]
    history.tell([g for v in villages for g in v.grids], size.history_days, clock.today(), with_pictures=home)
    history.emergencies(home, size.history_days, clock.today())
    history.micro_visits(villages[0].grids[0], size.history_days, clock.today())
    history.care_visits(villages[0].grids[0], size.history_days, clock.today())
    disputes = Mediations(session, county, staff, homes, Random(f"{SEED}/mediations"))
    disputes.tell_mediations(villages[0].grids[0], clock.today())
    evaluate(session, staff.people, county.code)


def _home_grids(county: DemoCounty) -> list[DemoGrid]:
    """The two grids of the demo's accounts; none outside the home county."""
    if county.code != HOME_COUNTY:
        return []
    villages = [v for t in county.towns for v in t.villages if v.name == WORDS["home_village"]]
    return villages[0].grids[:2]
