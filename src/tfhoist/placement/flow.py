"""Minimum cut by Dinic's algorithm, with integer capacities and the smallest source side.

Our own, since it's the heart of the cut: the libraries at hand give ties to the source side, and theirs are slower on
graphs of this shape.
"""

from __future__ import annotations

from collections import deque

INFINITE = 1 << 60


class Network:
    """A flow network over nodes 0 to n-1; node 0 is the source, node 1 the sink."""

    def __init__(self) -> None:
        self.heads: list[list[int]] = [[], []]
        self.to: list[int] = []
        self.capacity: list[int] = []

    def node(self) -> int:
        """A new node."""
        self.heads.append([])
        return len(self.heads) - 1

    def edge(self, start: int, end: int, capacity: int, back: int = 0) -> None:
        """An edge, with its capacity in each direction."""
        self.heads[start].append(len(self.to))
        self.to.append(end)
        self.capacity.append(capacity)
        self.heads[end].append(len(self.to))
        self.to.append(start)
        self.capacity.append(back)

    def source_side(self) -> tuple[int, set[int]]:
        """The value of a minimum cut, and its smallest source side. The network keeps the flow."""
        return self.push(0, 1), self.reach(0)

    def push(self, source: int, sink: int, changed: list[tuple[int, int]] | None = None) -> int:
        """Push all that still goes from one node to another; each edge and amount goes into `changed`, for `undo`."""
        flow = 0
        while True:
            level = self._levels(source, sink)
            if sink not in level:
                return flow
            position: dict[int, int] = {}
            while pushed := self._augment(source, sink, level, position, changed):
                flow += pushed

    def undo(self, changed: list[tuple[int, int]]) -> None:
        """Take back what `push` did."""
        for edge, pushed in changed:
            self.capacity[edge] += pushed
            self.capacity[edge ^ 1] -= pushed

    def reach(self, start: int) -> set[int]:
        """The nodes that something could still be pushed to."""
        return set(self._levels(start, -1))

    def _levels(self, source: int, sink: int) -> dict[int, int]:
        """The distance of each node from the source, in the order of the search; nodes behind the sink's are left out."""
        to, capacity, heads = self.to, self.capacity, self.heads
        level = {source: 0}
        queue = deque([source])
        while queue:
            node = queue.popleft()
            if sink in level and level[node] >= level[sink]:
                break
            further = level[node] + 1
            for edge in heads[node]:
                if capacity[edge] > 0 and to[edge] not in level:
                    level[to[edge]] = further
                    queue.append(to[edge])
        return level

    def _augment(
        self,
        source: int,
        sink: int,
        level: dict[int, int],
        position: dict[int, int],
        changed: list[tuple[int, int]] | None,
    ) -> int:
        """Push along one shortest path (kept on a list, since paths may be thousands of nodes long)."""
        path: list[int] = []
        node = source
        while node != sink:
            edge = self._admissible(node, level, position)
            if edge is not None:
                path.append(edge)
                node = self.to[edge]
                continue
            if not path:
                return 0
            node = self.to[path.pop() ^ 1]
            position[node] += 1
        pushed = min(self.capacity[edge] for edge in path)
        for edge in path:
            self.capacity[edge] -= pushed
            self.capacity[edge ^ 1] += pushed
        if changed is not None:
            changed.extend((edge, pushed) for edge in path)
        return pushed

    def _admissible(self, node: int, level: dict[int, int], position: dict[int, int]) -> int | None:
        """The next edge of a node that leads one level further and has room."""
        edges = self.heads[node]
        at = position.get(node, 0)
        further = level[node] + 1
        while at < len(edges):
            edge = edges[at]
            if self.capacity[edge] > 0 and level.get(self.to[edge]) == further:
                position[node] = at
                return edge
            at += 1
        position[node] = at
        return None
