"""Serve: prepare the database, start the web server and the worker, stop both when asked to.

Environment: HOST (127.0.0.1), PORT (8000), DATA_DIR (./data), DATABASE_URL (empty: SQLite in DATA_DIR),
GRIDWALK_DEMO (1 on loopback unless set), WEB_THREADS (32), WEB_PROCESSES (1; more on PostgreSQL alone).

Each child leads a process group of its own, so that Ctrl-C reaches only this program, which then stops them in order:
the web server first (it finishes the requests it has), the worker after it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from tools.readiness import is_ready

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
START_SECONDS = 180  # a small machine under load needs minutes
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1

ACCOUNTS = (
    ("worker", "专职网格员", "full-time worker"),
    ("worker2", "专职网格员，同一网格", "full-time worker, same grid"),
    ("parttime", "兼职网格员", "part-time worker"),
    ("worker3", "专职网格员，另一网格", "full-time worker, another grid"),
    ("leader", "网格长", "grid leader"),
    ("leader2", "网格长，另一网格", "grid leader, another grid"),
    ("adviser", "网格指导员", "grid adviser"),
    ("micro", "微网格长", "micro-grid leader"),
    ("village", "村（社区）", "village committee"),
    ("town", "镇（街道）", "town government"),
    ("dept", "消防救援", "department: fire and rescue"),
    ("county", "县级主管部门", "county competent department"),
    ("city", "市级主管部门", "municipal competent department"),
    ("zone", "开发区管委会", "development zone committee"),
    ("sysadmin", "系统管理员", "system administrator"),
    ("secadmin", "安全管理员", "security administrator"),
    ("auditor", "审计员", "auditor"),
)


class Stopping(Exception):
    """Somebody asked us to stop."""


def environment() -> dict[str, str]:
    """Settings for the children, with the defaults of ``make run`` filled in."""
    env = dict(os.environ)
    env.setdefault("HOST", "127.0.0.1")
    env.setdefault("PORT", "8000")
    env["DATA_DIR"] = str(Path(env.get("DATA_DIR") or ROOT / "data").resolve())
    if env["HOST"] in LOOPBACK:
        env.setdefault("GRIDWALK_DEMO", "1")
    env["PYTHONUNBUFFERED"] = "1"
    env["FLASK_APP"] = "wsgi"
    return env


def is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def start(env: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    """A child that leads its own group and ends with us even if we are killed."""

    def follow_parent() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True, preexec_fn=follow_parent)


def web_command(env: dict[str, str]) -> list[str]:
    return [
        str(BIN / "granian"), "--interface", "wsgi", "--host", env["HOST"], "--port", env["PORT"],
        "--workers", env.get("WEB_PROCESSES", "1"),
        "--blocking-threads", env.get("WEB_THREADS", "32"), "--http", "1", "--no-ws", "--log-level", "error", "wsgi:app",
    ]  # fmt: skip


def counting(env: dict[str, str]) -> dict[str, str]:
    """The web server's environment: several processes count what they serve in one folder, which begins empty as one would."""
    if int(env.get("WEB_PROCESSES", "1")) == 1:
        return env
    folder = Path(env["DATA_DIR"]) / "tmp/metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {**env, "PROMETHEUS_MULTIPROC_DIR": str(folder)}


def await_answer(url: str, web: subprocess.Popen[bytes]) -> bool:
    """Whether ``/healthz`` answers before the web server ends or the time is up."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and web.poll() is None:
        try:
            with opener.open(f"{url}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def stop(*children: subprocess.Popen[bytes]) -> None:
    """SIGTERM, in order, and SIGKILL to the whole group of whoever does not end."""
    for child in children:
        if child.poll() is None:
            child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def greet(url: str, env: dict[str, str]) -> None:
    print(f"\n  网格行 Gridwalk · {url}   (Ctrl-C 停止 stops it)\n  数据 data: {env['DATA_DIR']}")
    if env.get("GRIDWALK_DEMO") != "1":
        print("  flask --app wsgi first-admin    建立第一个管理员 makes the first administrator\n", flush=True)
        return
    print("  演示账号 demo accounts, 密码 password gridwalk-demo:")
    print("\n".join(f"    {name:<9} {zh} · {en}" for name, zh, en in ACCOUNTS), flush=True)
    print(flush=True)


def watch(web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]) -> int:
    """Wait until one of them ends by itself, which is an error."""
    while True:
        for name, child in (("web server", web), ("worker", worker)):
            if child.poll() is not None:
                print(f"✗ the {name} ended by itself (exit code {child.returncode})", file=sys.stderr)
                return 1
        time.sleep(0.5)


def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopping


def main() -> int:
    env = environment()
    host, port = env["HOST"], int(env["PORT"])
    if is_taken(host, port):
        print(f"✗ {host}:{port} is taken; choose another: PORT={port + 1} make run", file=sys.stderr)
        return 1
    Path(env["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_to_stop)
    children: list[subprocess.Popen[bytes]] = []
    try:
        if not is_ready(env, ROOT / "server/migrations/versions"):
            wants_demo = ["demo"] if env.get("GRIDWALK_DEMO") == "1" else []
            children.append(start(env, sys.executable, "-m", "tools.prepare", *wants_demo))
            if children[0].wait() != 0:
                print("✗ the database could not be prepared", file=sys.stderr)
                return 1
        children = [start(counting(env), *web_command(env)), start(env, str(BIN / "flask"), "worker")]
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if not await_answer(url, children[0]):
            print(f"✗ no answer from {url}/healthz", file=sys.stderr)
            return 1
        greet(url, env)
        return watch(*children)
    except Stopping:
        print("\n· stopping", flush=True)
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop(*children)


if __name__ == "__main__":
    sys.exit(main())
