"""Quantiles of many latencies in little memory."""

from __future__ import annotations

import math

LEAST, MOST = 0.0001, 3600.0
"""Seconds; what is below or above counts as these."""
GROWTH = 1.02
"""Each class is so many times as wide as the one before it: a quantile is at most 2 % above the true one."""
_CLASSES = math.ceil(math.log(MOST / LEAST, GROWTH)) + 1


class Latencies:
    """A histogram of fixed size."""

    def __init__(self) -> None:
        self._counts = [0] * _CLASSES
        self.count = 0

    def add(self, seconds: float) -> None:
        """Count one."""
        place = math.ceil(math.log(max(seconds, LEAST) / LEAST, GROWTH) - 1e-9)
        self._counts[min(max(place, 0), _CLASSES - 1)] += 1
        self.count += 1

    def quantile(self, share: float) -> float | None:
        """The latency, in seconds, that `share` (0 to 1) of them don't exceed; None without any."""
        if not self.count:
            return None
        wanted = max(1, math.ceil(share * self.count - 1e-9))
        passed = 0
        for place, number in enumerate(self._counts):
            passed += number
            if passed >= wanted:
                return LEAST * GROWTH**place
        return MOST
