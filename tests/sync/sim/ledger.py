"""What people saved, as they were told: the promise that the oracle holds the road to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Entry:
    """One saved mutation: ``disk`` is the database it was saved into (phone, person, number of its life).

    ``copied``: its disk was copied while it was there; the copy knows nothing of a later undo.
    """

    id: str
    disk: str
    person: str
    name: str
    photos: list[str]
    object_id: str | None
    held: bool = False
    undone: bool = False
    let_go: bool = False
    copied: bool = False
    disk_gone: bool = False
    excused: str = ""
    photos_excused: str = ""


@dataclass
class Ledger:
    """All entries of one world, by mutation id. ``dismissed``: ids that a person has let go."""

    entries: dict[str, Entry] = field(default_factory=dict)
    dismissed: set[str] = field(default_factory=set)

    def saved(self, disk: str, told: dict[str, Any]) -> Entry:
        entry = Entry(
            told["mutation_id"],
            disk,
            told["person"],
            told["name"],
            list(told["photos"]),
            told["object"],
            held=told["held"],
        )
        self.entries[entry.id] = entry
        return entry

    def let_go(self, mutation_id: str) -> None:
        self.dismissed.add(mutation_id)
        if mutation_id in self.entries:
            self.entries[mutation_id].let_go = True

    def follow(self, disk: str, heads: Iterable[Mapping[str, Any]]) -> None:
        """What a phone queued again by itself, behind a repaired act, takes the promise of the old line with it."""
        next_of = {head["id"]: head["replaced_by"] for head in heads if head.get("closed") and head.get("replaced_by")}
        for first in [old for old in next_of if old in self.entries]:
            old = first
            while new := next_of.get(old):
                entry = self.entries[old]
                entry.let_go = True
                if new not in self.entries:
                    is_let_go = new in self.dismissed
                    own = Entry(new, disk, entry.person, entry.name, entry.photos, entry.object_id, let_go=is_let_go)
                    self.entries[new] = own
                old = new

    def of_disk(self, disk: str) -> Iterable[Entry]:
        return (e for e in self.entries.values() if e.disk == disk)

    def disk_copied(self, phone: str) -> None:
        for entry in self.entries.values():
            entry.copied |= entry.disk.startswith(f"{phone}.")

    def disk_lost(self, disks: Collection[str], on_server: Collection[str], photos_held: Collection[str]) -> None:
        """These databases are gone, by no fault of the road: what had not come is excused, and so are its photos."""
        for entry in self.entries.values():
            if entry.disk not in disks or entry.disk_gone:
                continue
            entry.disk_gone = True
            if entry.id not in on_server:
                entry.excused = "its disk was lost"
            if any(sha not in photos_held for sha in entry.photos):
                entry.photos_excused = "its disk was lost"

    def restored(self, on_server: Collection[str], photos_held: Collection[str]) -> None:
        """The server went back: what no phone holds any more and came after the backup is nobody's fault."""
        for entry in self.entries.values():
            if not entry.disk_gone:
                continue
            if entry.id not in on_server:
                entry.excused = "its disk was lost and the server restored"
            if any(sha not in photos_held for sha in entry.photos):
                entry.photos_excused = "its disk was lost and the server restored"
