"""Carrying a plan out, step by step, and taking it back: the only part of the migration that changes anything.

Whatever happens, the live states decide how to go on, and the journal says what was meant. The destination is written before the source
and given back after it, so what moves is in both states for a while, and never in none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from tfhoist.errors import TfhoistError
from tfhoist.findings import Refusal
from tfhoist.migration.content import Content, content_of
from tfhoist.migration.model import DESTINATION, NAMES, SOURCE, Entry, MigrationPlan, Side
from tfhoist.migration.records import Records, stamp
from tfhoist.migration.standing import Live, Standing, difference, is_torn, stand
from tfhoist.migration.store import StateStore, StoreChanged, StoreFailed
from tfhoist.state.check import problems
from tfhoist.state.document import SnapshotDocument, read_document, render
from tfhoist.state.moves import SurgeryRefused
from tfhoist.state.surgery import reverse


class StateConflict(TfhoistError):
    """A live state is neither as it was nor as it will be: nothing was touched. `advice` says how to go on."""

    def __init__(self, summary: str, advice: str) -> None:
        self.summary = summary
        self.advice = advice
        super().__init__(f"{summary} {advice}")


class MigrationRefused(TfhoistError):
    """The command doesn't fit how far the migration is, or a policy forbids it. Nothing was touched."""

    def __init__(self, summary: str, advice: str, refusals: tuple[Refusal, ...] = ()) -> None:
        self.summary = summary
        self.advice = advice
        self.refusals = refusals
        super().__init__(f"{summary} {advice}")


class Interrupted(TfhoistError):
    """A place failed half-way. What is known is in the journal; `resume` or `rollback` goes on from there."""

    def __init__(self, summary: str, lock: str = "") -> None:
        self.summary = summary
        self.lock = lock
        super().__init__(summary)


class Migration:
    """One environment's migration: its records, and the places of its states (one of them, where two teams share the work)."""

    def __init__(
        self,
        records: Records,
        stores: Mapping[Side, StateStore],
        say: Callable[[str], None] = lambda message: None,
    ) -> None:
        self.records = records
        self.stores = stores
        self.say = say
        self.plan: MigrationPlan = records.plan()

    # looking

    def look(self, side: Side) -> Live:
        """One live state, and where it stands. Raises `StoreFailed` when it can't be read."""
        before, after = self.plan.side(side)
        source = self.stores[side].read()
        try:
            document = read_document(source, NAMES[side]) if source else None
        except TfhoistError:
            assert source is not None
            meant = self._last_meant(side)
            if meant is None or not is_torn(source, self.records.load(base_of(meant)), self.records.load(meant.file)):
                raise
            return Live(source, None, Content("", 0, 0, 0, ""), Standing.TORN)
        return Live(source, document, content_of(document), stand(document, before, after))

    def _last_meant(self, side: Side) -> Entry | None:
        """The write of one side that was begun last."""
        return next(
            (entry for entry in reversed(self.records.entries()) if entry.event == "intent" and entry.side == side),
            None,
        )

    def _finish(self, side: Side, live: Live) -> None:
        """Write a half-written file to its end: the very bytes that were meant, so that it may be cut off again."""
        meant = self._last_meant(side)
        assert meant is not None
        self.say(f"finishing {NAMES[side]}")
        content = self.records.load(meant.file)
        self._write(side, meant.step, live.source, content, content_of(read_document(content, meant.file)))

    # forwards

    def check_fresh(self, sides: Collection[Side], *, done_elsewhere: bool = False) -> None:
        """Raise unless the live states are those that were planned for and nothing has begun.

        With `done_elsewhere`, all of them may also be as they will be: somebody has carried out this very plan from another folder.
        """
        progress = self.records.progress()
        if progress.phase in ("verified", "finalized", "migrated"):
            raise MigrationRefused("this migration is done already.", "See `tfhoist migrate status`.")
        if progress.phase == "rolling-back" or progress.started:
            raise MigrationRefused(
                "this migration was begun before, and didn't come to its end.",
                "See `tfhoist migrate status`, then `tfhoist migrate resume` or `tfhoist migrate rollback`.",
            )
        if progress.phase == "rolled_back":
            raise MigrationRefused("this migration was rolled back.", "Make a new one: `tfhoist migrate plan`.")
        lives = {side: self.look(side) for side in sides}
        if done_elsewhere and all(live.standing is Standing.AFTER for live in lives.values()):
            return
        for side, live in lives.items():
            if live.standing is Standing.OTHER or (live.standing is Standing.AFTER and not self._unchanged(side)):
                raise StateConflict(self._stale(side, live), "Make a new plan: `tfhoist migrate plan`.")

    def _unchanged(self, side: Side) -> bool:
        before, after = self.plan.side(side)
        return before.same(after)

    def _stale(self, side: Side, live: Live) -> str:
        before = self.plan.side(side)[0]
        if live.document is not None and before.lineage and live.content.lineage != before.lineage:
            return f"{NAMES[side]} ({self.stores[side].where}) has another lineage than the one that was planned for."
        changed = difference(self.records.state(side, "before")[1], live.document).text()
        return (
            f"{NAMES[side]} ({self.stores[side].where}) has changed since the plan was made (serial {before.serial}, "
            f"now {live.content.serial}): {changed}."
        )

    def back_up(self, sides: Collection[Side]) -> None:
        """Copy the live states, before anything is written."""
        when = stamp()
        for side in sides:
            source = self.stores[side].read()
            name = f"backups/{when}-{side}.tfstate" if source else ""
            digest = self.records.save(name, source) if source else ""
            if source and self.records.load(name) != source:
                raise Interrupted(f"the backup {name} doesn't hold what was written to it.")
            self.records.append("backed-up", side=side, file=name, sha256=digest)

    def forwards(self, sides: Collection[Side]) -> None:
        """Write what isn't written yet, the destination first. Raises `StateConflict` and `Interrupted`."""
        for side in (DESTINATION, SOURCE):
            if side not in sides:
                continue
            if side == SOURCE:
                self._check_destination(sides)
            live = self.look(side)
            if live.standing is Standing.TORN:
                self._finish(side, live)
                live = self.look(side)
            if live.standing is Standing.OTHER:
                raise StateConflict(
                    f"{self._stale(side, live)} It's neither as before nor as it will be; nothing more was touched.",
                    "Take back what was written (`tfhoist migrate rollback`), or plan again: what has moved already is then done.",
                )
            if live.standing is Standing.AFTER:
                if side in self.records.progress().open_write or not self._unchanged(side):
                    self._arrived(side, "write", live)
                continue
            after = self.records.state(side, "after")[1]
            assert after is not None
            self.say(f"writing {NAMES[side]}")
            self._put(side, "write", after, live)
        progress = self.records.progress()
        if all(self._is_written(side, progress.written | progress.handed) for side in (DESTINATION, SOURCE)):
            self.records.append("migrated")

    def _is_written(self, side: Side, written: Collection[str]) -> bool:
        return side in written or self._unchanged(side)

    def _check_destination(self, sides: Collection[Side]) -> None:
        """The source lets go only of what the destination is known to hold, now."""
        if DESTINATION not in sides:
            if DESTINATION not in self.records.progress().handed:
                raise MigrationRefused(
                    "the destination hasn't been written yet, as far as is known here.",
                    "Give the other team's receipt with --receipt.",
                )
            return
        live = self.look(DESTINATION)
        if live.standing is not Standing.AFTER:
            raise StateConflict(
                f"{NAMES[DESTINATION]} isn't as it was written a moment ago: {self._stale(DESTINATION, live)}",
                "The service's state wasn't touched. Take back what was written with `tfhoist migrate rollback`, or plan again.",
            )

    # backwards

    def rollback(self, sides: Collection[Side] = (SOURCE, DESTINATION), accepted: Collection[str] = ()) -> str:
        """Give everything back; returns `restored`, or `reversed` when somebody had written since.

        While the live states are as we left them, the old content goes back. Otherwise the current instances of exactly what moved
        go home, and everything else stays. The source comes first.
        """
        progress = self.records.progress()
        if progress.phase == "finalized":
            raise MigrationRefused("this migration is final.", "Consolidate the other way round.")
        lives = {side: self.look(side) for side in sides}
        self.records.append("rolling-back")
        for side, live in lives.items():
            if live.standing is Standing.TORN:
                self._finish(side, live)
                lives[side] = self.look(side)
        if all(live.standing is not Standing.OTHER for live in lives.values()):
            how = "restored"
            for side in (SOURCE, DESTINATION):
                if side in lives:
                    self._restore(side, lives[side], side in progress.open_write)
        else:
            how = "reversed"
            self._reverse(lives, accepted)
        self.records.append("rolled-back", detail=how)
        return how

    def _restore(self, side: Side, live: Live, may_arrive: bool) -> None:
        """The old content under the next serial. A write that may yet arrive is outrun: it must find a newer serial."""
        if live.standing is Standing.BEFORE and not may_arrive:
            return
        if live.standing is Standing.AFTER and self._unchanged(side) and not may_arrive:
            return
        before = self.records.state(side, "before")[1]
        if before is None:
            after = self.records.state(side, "after")[1]
            assert after is not None
            before = after.replaced(outputs={}, resources=())  # a state can't be taken away, but it can be empty
        self.say(f"giving back {NAMES[side]}")
        self._put(side, "restore", before, live)

    def _reverse(self, lives: Mapping[Side, Live], accepted: Collection[str]) -> None:
        if len(lives) != 2:
            raise MigrationRefused(
                "somebody has written since, so the way back needs both states.",
                "Run it where both can be reached, without --side.",
            )
        source, destination = lives[SOURCE].document, lives[DESTINATION].document
        if source is None or destination is None:
            gone = SOURCE if source is None else DESTINATION
            if gone == DESTINATION and lives[SOURCE].standing is not Standing.AFTER:
                return  # nothing was written there, so there is nothing to take back
            raise StateConflict(f"{NAMES[gone]} isn't there any more.", "Look at the backups; nothing was touched.")
        readers = self._new_readers(destination)
        refused = {address: read for address, read in readers.items() if address not in accepted}
        if refused:
            named = "; ".join(f"{address} depends on {', '.join(read)}" for address, read in sorted(refused.items()))
            raise MigrationRefused(
                f"what came into the central state since reads what would go back: {named}.",
                "Take that out first, or accept it by name: --accept ADDRESS.",
            )
        try:
            surgery = reverse(self.records.inverse(), source, destination)
        except SurgeryRefused as error:
            raise MigrationRefused(
                "the way back isn't open.", "Mend what is named, then roll back again.", error.refusals
            ) from None
        for side, target in ((SOURCE, surgery.source), (DESTINATION, surgery.destination)):
            if content_of(target).same(lives[side].content):
                continue
            self.say(f"giving back {NAMES[side]}")
            self._put(side, "restore", target, lives[side])

    def _new_readers(self, destination: SnapshotDocument) -> dict[str, tuple[str, ...]]:
        """Instances that came since and depend on what moved."""
        after = self.records.state(DESTINATION, "after")[1]
        known = {resource.address for resource in after.resources} if after is not None else set()
        ours = {place.from_.resource for place in self.records.inverse().instances}
        found: dict[str, tuple[str, ...]] = {}
        for resource in destination.resources:
            if resource.address in known:
                continue
            read = sorted({one for instance in resource.instances for one in instance.dependencies if one in ours})
            if read:
                found[resource.address] = tuple(read)
        return found

    # one write

    def _put(self, side: Side, step: str, target: SnapshotDocument, live: Live) -> None:
        """Write one state where `live` is, and look at it afterwards."""
        document = target.replaced(serial=self._next_serial(side, live))
        broken = problems(document)
        if broken:
            raise MigrationRefused(
                f"{NAMES[side]} would be one that Terraform can't read: {'; '.join(broken[:3])}.",
                "Nothing was written. Report this with the plan.",
            )
        number = len(self.records.entries()) + 1
        content = render(document)
        name = f"writes/{number:04d}-{side}.tfstate"
        wanted = content_of(document)
        self.records.save(name, content)
        self.records.save(f"{name}.base", live.source or b"")
        self.records.append("intent", side=side, step=step, serial=document.serial, content=wanted, file=name)
        self._write(side, step, live.source, content, wanted)

    def _write(self, side: Side, step: str, expected: bytes | None, content: bytes, wanted: Content) -> None:
        try:
            self.stores[side].replace(expected, content)
        except StoreChanged as error:
            self.records.append("outcome", side=side, step=step, result="refused")
            raise StateConflict(
                f"somebody wrote {NAMES[side]} a moment ago: {error}",
                "Nothing of ours was written to it. See `tfhoist migrate status`.",
            ) from None
        except StoreFailed as error:
            if not error.sent:
                self.records.append("outcome", side=side, step=step, result="failed")
                raise Interrupted(f"{NAMES[side]} wasn't written: {error.summary}", error.lock) from None
            self._look_for(side, step, wanted, expected, error)
        else:
            self._look_for(side, step, wanted, expected, None)

    def _next_serial(self, side: Side, live: Live) -> int:
        """One more than the live one: what Terraform takes, and refuses when somebody wrote in between."""
        if live.document is not None:
            return live.document.serial + 1
        entries = [entry.serial for entry in self.records.entries() if entry.side == side and entry.event == "intent"]
        return max([self.plan.side(side)[0].serial, *entries]) + 1

    def _look_for(
        self, side: Side, step: str, wanted: Content, expected: bytes | None, failure: StoreFailed | None
    ) -> None:
        """Read what was written. A write whose answer was an error may have arrived all the same, or may yet."""
        try:
            source = self.stores[side].read()
            found = content_of(read_document(source, NAMES[side]) if source else None)
        except TfhoistError as error:
            self.records.append("outcome", side=side, step=step, result="unknown")
            lock = failure.lock if failure is not None else ""
            raise Interrupted(f"{NAMES[side]} can't be read after it was written: {failure or error}", lock) from None
        if found.same(wanted):
            self.records.append("outcome", side=side, step=step, result="done", serial=found.serial, content=found)
            return
        self.records.append("outcome", side=side, step=step, result="unknown")
        if failure is not None and source == expected:
            raise Interrupted(
                f"writing {NAMES[side]} failed, and it isn't there (yet): {failure.summary}", failure.lock
            )
        raise StateConflict(
            f"{NAMES[side]} doesn't hold what was written to it, nor what was there before.",
            "Somebody else wrote at the same time, or the place changes what it's given. See `tfhoist migrate status`.",
        )

    def _arrived(self, side: Side, step: str, live: Live) -> None:
        """A write of before did arrive."""
        if side not in self.records.progress().written:
            self.records.append(
                "outcome", side=side, step=step, result="done", serial=live.content.serial, content=live.content,
                detail="it was there already",
            )  # fmt: skip


def base_of(entry: Entry) -> str:
    """The file that holds what a write was begun over."""
    return f"{entry.file}.base"
