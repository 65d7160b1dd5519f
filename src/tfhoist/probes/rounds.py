"""Probing endpoints at a rate: by the monotonic clock, each at its own moments, with a bounded number under way."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tfhoist.probes.https import Destination, Reply, ask

MOST_UNDER_WAY = 512
"""So many requests may be open at once; a probe that finds no room isn't sent, and is counted as skipped."""

Answered = Callable[[int, int, float, Reply], None]
"""Called with the endpoint's place, the probe's number, when it was sent (seconds after the start), and the reply."""


async def rounds(
    destinations: Sequence[Destination],
    *,
    rate: float,
    seconds: float,
    timeout: float,
    context: ssl.SSLContext,
    answered: Answered,
    skipped: Callable[[int, int], None],
    tick: Callable[[float], None],
) -> tuple[float, bool]:
    """Probe each endpoint `rate` times a second for `seconds`. Gives how long it was, and whether somebody stopped it (Ctrl-C).

    `tick` is called each second with the seconds since the start. The n-th probe of an endpoint is due at its offset plus n / rate after
    the start, so the rate doesn't drift; after a pause (a machine that slept) what was missed is skipped, never made up for.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    start = loop.time()
    under_way: set[asyncio.Task[None]] = set()

    async def probe(place: int, number: int) -> None:
        sent = loop.time() - start
        answered(place, number, sent, await ask(destinations[place], context, timeout))

    async def endpoint(place: int) -> None:
        offset = place / len(destinations) / rate
        number = 0
        while (due := offset + number / rate) < seconds:
            await asyncio.sleep(start + due - loop.time())
            if loop.time() - start - due > 1 / rate or len(under_way) >= MOST_UNDER_WAY:
                skipped(place, number)
            else:
                task = asyncio.create_task(probe(place, number))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            number += 1

    async def clock() -> None:
        number = 1
        while True:
            await asyncio.sleep(max(0.0, start + number - loop.time()))
            now = loop.time() - start
            tick(now)
            number = int(now) + 1

    with _stopping(loop, stop):
        ticking = asyncio.create_task(clock())
        endpoints = asyncio.gather(*(endpoint(place) for place in range(len(destinations))))
        stopped = asyncio.create_task(stop.wait())
        either: set[asyncio.Future[Any]] = {endpoints, stopped}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        was_stopped = not endpoints.done()
        end = loop.time() - start if was_stopped else seconds
        endpoints.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await endpoints
        if under_way:  # each ends by its own timeout
            await asyncio.wait(set(under_way), timeout=timeout + 1)
        for task in (ticking, stopped):
            task.cancel()
        await asyncio.gather(ticking, stopped, return_exceptions=True)
    return end, was_stopped


@contextlib.contextmanager
def _stopping(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> Iterator[None]:
    """While it lasts, Ctrl-C and a request to end only say that it's time: the summary is still written. A second Ctrl-C is final."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def said() -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    try:
        for number in numbers:
            loop.add_signal_handler(number, said)
    except (ValueError, RuntimeError, NotImplementedError):  # not the main thread: whoever called decides
        yield
        return
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
