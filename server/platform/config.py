"""Settings, read once from the environment into one frozen object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app

from server.platform import map_source, sign_on, webpush
from server.platform.map_source import MapSource, MapSourceError
from server.platform.sign_on import SignOnError, SignOnSettings
from server.platform.webpush import PushSettings, VapidError

ROBOTS = "oapi.dingtalk.com,qyapi.weixin.qq.com,open.feishu.cn"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SettingsError(Exception):
    """A setting that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Settings:
    """Everything an installation may set. Sizes in bytes, times in seconds unless the name says otherwise."""

    data_dir: Path = Path("data")
    database_url: str = ""  # empty: SQLite in data_dir
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    secure_cookies: bool = False
    base_url: str = ""
    argon2_memory_kib: int = 65_536
    argon2_rounds: int = 3
    sign_in_tries: int = 5
    sign_in_lock_minutes: int = 15
    office_idle_minutes: int = 15
    phone_session_days: int = 30
    pin_lock: bool = False  # phones ask for six digits; the city's policy ``pin`` does the same
    office_totp: bool = False  # every desk needs a second factor; without it whoever wants one has it
    upload_max_bytes: int = 8 * 2**20
    metrics_token: str = ""
    log_level: str = "INFO"
    trusted_proxies: int = 0
    rate_limits: bool = True
    web_threads: int = 32  # of each process of the server program
    web_at_work: int = 2  # pushes of each process that are at work in the database at once
    backup_dir: str = ""  # empty: no backup by night
    backup_hour: int = 2  # of the day in China
    audit_anchor_file: str = ""  # where the audit chain's anchors are written as lines: on another machine's disk
    audit_anchor_url: str = ""  # and whom they are sent to: https://… or an address of apprise's
    audit_anchor_hours: int = 1  # how often an anchor is set while the chain grows
    badge_words_days: int = 7  # how long a phone that heard nothing proves its badge to colleagues
    filing_no: str = ""  # 备案号 of the installation, shown on public pages
    map: MapSource = field(default_factory=MapSource)
    push: PushSettings = field(default_factory=PushSettings)
    sign_on: SignOnSettings = field(default_factory=SignOnSettings)  # desks through another house
    channel_hosts: tuple[str, ...] = tuple(ROBOTS.split(","))  # which hosts the channels of messages may call
    hook_hosts: tuple[str, ...] = ()  # which hosts webhooks of other systems may call; none as shipped
    exchange_per_minute: int = 120  # calls of one token
    testing: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
        env = os.environ if environment is None else environment
        host = env.get("HOST", "127.0.0.1")
        demo = env.get("GRIDWALK_DEMO", "") == "1"
        if demo and host not in LOOPBACK:
            raise SettingsError("GRIDWALK_DEMO=1 is refused on any address but loopback: its passwords are public.")
        try:
            tiles, push, house = map_source.read(env), webpush.read(env), sign_on.read(env)
        except (MapSourceError, VapidError, SignOnError, ValueError) as problem:
            raise SettingsError(str(problem)) from problem
        if int(env.get("WEB_PROCESSES", "1")) > 1 and not env.get("DATABASE_URL", "").startswith("postgres"):
            raise SettingsError("WEB_PROCESSES above 1 needs PostgreSQL: SQLite takes one writer at a time.")
        return Settings(
            data_dir=Path(env.get("DATA_DIR", "data")),
            database_url=env.get("DATABASE_URL", ""),
            host=host,
            port=int(env.get("PORT", "8000")),
            demo=demo,
            pin_lock=env.get("PIN_LOCK", "0" if demo else "1") == "1",
            office_totp=env.get("OFFICE_TOTP", "0") == "1",
            secure_cookies=env.get("SECURE_COOKIES", "0" if host in LOOPBACK else "1") == "1",
            base_url=env.get("BASE_URL", ""),
            metrics_token=env.get("METRICS_TOKEN", ""),
            log_level=env.get("LOG_LEVEL", "INFO"),
            trusted_proxies=int(env.get("TRUSTED_PROXIES", "0")),
            rate_limits=env.get("RATE_LIMITS", "1") == "1",
            web_threads=int(env.get("WEB_THREADS", "32")),
            web_at_work=max(1, int(env.get("WEB_AT_WORK", "2"))),
            backup_dir=env.get("BACKUP_DIR", ""),
            backup_hour=int(env.get("BACKUP_HOUR", "2")),
            audit_anchor_file=env.get("AUDIT_ANCHOR_FILE", ""),
            audit_anchor_url=env.get("AUDIT_ANCHOR_URL", ""),
            audit_anchor_hours=int(env.get("AUDIT_ANCHOR_HOURS", "1")),
            badge_words_days=int(env.get("BADGE_WORDS_DAYS", "7")),
            filing_no=env.get("FILING_NO", "").strip(),
            map=tiles,
            push=push,
            sign_on=house,
            channel_hosts=_hosts(env.get("CHANNEL_HOSTS", ROBOTS)),
            hook_hosts=_hosts(env.get("HOOK_HOSTS", "")),
            exchange_per_minute=int(env.get("EXCHANGE_PER_MINUTE", "120")),
        )

    @property
    def sqlalchemy_url(self) -> str:
        if self.database_url:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{(self.data_dir / 'gridwalk.sqlite3').resolve()}"

    @property
    def is_sqlite(self) -> bool:
        return self.sqlalchemy_url.startswith("sqlite")


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(host.strip().lower() for host in text.split(",") if host.strip())


def current_settings() -> Settings:
    """The settings of the running app."""
    found: Settings = current_app.extensions["settings"]
    return found
