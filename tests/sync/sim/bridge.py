"""The pipe to the phones: one line of commands out, one line of what happened back (see phones/main.mjs)."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

HERE = Path(__file__).parent
Told = dict[str, Any]


class Phones:
    """A Node process that holds every phone of one world at a time."""

    def __init__(self, bundles: Path) -> None:
        command = ["node", "--stack-size=2000", str(HERE / "phones/main.mjs"), str(bundles)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell(self, now: int, commands: Sequence[Mapping[str, Any]]) -> Told:
        """Give commands at a time of the world; answers when no phone has anything left to do by itself."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(orjson.dumps({"now": now, "do": commands}) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the phones ended with {self._process.wait(5)}")
        told: Told = orjson.loads(line)
        return told

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)

    def __enter__(self) -> Phones:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(10)
