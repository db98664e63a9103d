"""The accounts of the demo, by name: what each is and where it stands. Their password is public, hence loopback only."""

from __future__ import annotations

from dataclasses import dataclass

from server.platform.passwords import OF_THE_DEMO

PASSWORD = OF_THE_DEMO


@dataclass(frozen=True)
class DemoPost:
    """A role; ``grid`` counts in the home village from 0, ``micro`` in that grid; ``unit`` names an office's unit."""

    role: str
    grid: int | None = None
    micro: int | None = None
    unit: str | None = None


@dataclass(frozen=True)
class DemoAccount:
    username: str
    name: str
    posts: tuple[DemoPost, ...]


ACCOUNTS = (
    DemoAccount("worker", "沈小燕", (DemoPost("full_time_worker", 0),)),
    DemoAccount("worker2", "周建明", (DemoPost("full_time_worker", 0),)),
    DemoAccount("parttime", "陆秀珍", (DemoPost("part_time_worker", 0),)),
    DemoAccount("worker3", "朱佳怡", (DemoPost("full_time_worker", 1),)),
    DemoAccount("leader", "陈志华", (DemoPost("grid_leader", 0),)),
    DemoAccount("leader2", "吴国强", (DemoPost("grid_leader", 1),)),
    DemoAccount("adviser", "徐文静", (DemoPost("grid_adviser", 0), DemoPost("grid_adviser", 1))),
    DemoAccount("micro", "金阿根", (DemoPost("micro_grid_leader", 0, micro=0),)),
    DemoAccount("village", "许永良", (DemoPost("village_committee", unit="village"),)),
    DemoAccount("town", "顾晓峰", (DemoPost("town_government", unit="town"),)),
    DemoAccount("dept", "蒋卫军", (DemoPost("department", unit="消防救援"),)),
    DemoAccount("county", "钱慧敏", (DemoPost("county_authority", unit="county"),)),
    DemoAccount("city", "邵思涵", (DemoPost("city_authority", unit="city"),)),
    DemoAccount("zone", "俞国平", (DemoPost("town_government", unit="zone"),)),
    DemoAccount("sysadmin", "汤宇轩", (DemoPost("system_administrator", unit="county"),)),
    DemoAccount("secadmin", "孟宏波", (DemoPost("security_administrator", unit="county"),)),
    DemoAccount("auditor", "白雅宁", (DemoPost("auditor", unit="county"),)),
)
