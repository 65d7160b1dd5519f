"""Minimum cut by Dinic's algorithm, with integer capacities and the smallest source side.

Our own, since it's the heart of the cut: the libraries at hand give ties to the source side, and theirs are slower on
graphs of this shape.
"""

from __future__ import annotations

from collections import deque

INFINITE = 1 << 40


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
        """The value of a minimum cut, and its smallest source side."""
        flow = 0
        while True:
            level = self._levels()
            if level[1] < 0:
                return flow, {node for node, depth in enumerate(level) if depth >= 0}
            position = [0] * len(self.heads)
            while pushed := self._augment(level, position):
                flow += pushed

    def _levels(self) -> list[int]:
        level = [-1] * len(self.heads)
        level[0] = 0
        queue = deque([0])
        while queue:
            node = queue.popleft()
            for edge in self.heads[node]:
                if self.capacity[edge] > 0 and level[self.to[edge]] < 0:
                    level[self.to[edge]] = level[node] + 1
                    queue.append(self.to[edge])
        return level

    def _augment(self, level: list[int], position: list[int]) -> int:
        """Push along one shortest path (kept on a list, since paths may be thousands of nodes long)."""
        path: list[int] = []
        node = 0
        while node != 1:
            edge = self._admissible(node, level, position)
            if edge is not None:
                path.append(edge)
                node = self.to[edge]
                continue
            if not path:
                return 0
            last = path.pop()
            node = self.to[last ^ 1]
            position[node] += 1
        pushed = min(self.capacity[edge] for edge in path)
        for edge in path:
            self.capacity[edge] -= pushed
            self.capacity[edge ^ 1] += pushed
        return pushed

    def _admissible(self, node: int, level: list[int], position: list[int]) -> int | None:
        """The next edge of a node that leads one level further and has room."""
        edges = self.heads[node]
        while position[node] < len(edges):
            edge = edges[position[node]]
            if self.capacity[edge] > 0 and level[self.to[edge]] == level[node] + 1:
                return edge
            position[node] += 1
        return None
