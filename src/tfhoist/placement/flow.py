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

    def push(
        self, source: int, sink: int, changed: list[tuple[int, int]] | None = None, *, backwards: bool = False
    ) -> int:
        """Push all that still goes from one node to another; each edge and amount goes into `changed`, for `undo`.

        The search begins at the source or, `backwards`, at the sink: best at the end that has less around it.
        """
        start, goal, flip = (sink, source, 1) if backwards else (source, sink, 0)
        flow = 0
        while True:
            level = self._levels(start, goal, flip)
            if goal not in level:
                return flow
            position: dict[int, int] = {}
            while pushed := self._augment(start, goal, flip, level, position, changed):
                flow += pushed

    def undo(self, changed: list[tuple[int, int]]) -> None:
        """Take back what `push` did."""
        for edge, pushed in changed:
            self.capacity[edge] += pushed
            self.capacity[edge ^ 1] -= pushed

    def reach(self, start: int) -> set[int]:
        """The nodes that something could still be pushed to."""
        return set(self._levels(start, -1, 0))

    # An edge and its reverse are numbered 2n and 2n + 1; `flip` is 1 where the search goes against the flow.

    def _levels(self, start: int, goal: int, flip: int) -> dict[int, int]:
        """The distance of each node from the start; of nodes as far as the goal, not all are in it."""
        to, capacity, heads = self.to, self.capacity, self.heads
        level = {start: 0}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            further = level[node] + 1
            for edge in heads[node]:
                if capacity[edge ^ flip] > 0 and to[edge] not in level:
                    level[to[edge]] = further
                    queue.append(to[edge])
            if goal in level:
                last = level[goal]
                while queue and level[queue[0]] >= last:
                    queue.popleft()
        return level

    def _augment(
        self,
        start: int,
        goal: int,
        flip: int,
        level: dict[int, int],
        position: dict[int, int],
        changed: list[tuple[int, int]] | None,
    ) -> int:
        """Push along one shortest path (kept on a list, since paths may be thousands of nodes long)."""
        path: list[int] = []
        node = start
        while node != goal:
            edge = self._admissible(node, flip, level, position)
            if edge is not None:
                path.append(edge)
                node = self.to[edge]
                continue
            if not path:
                return 0
            node = self.to[path.pop() ^ 1]
            position[node] += 1
        path = [edge ^ flip for edge in path]
        pushed = min(self.capacity[edge] for edge in path)
        for edge in path:
            self.capacity[edge] -= pushed
            self.capacity[edge ^ 1] += pushed
        if changed is not None:
            changed.extend((edge, pushed) for edge in path)
        return pushed

    def _admissible(self, node: int, flip: int, level: dict[int, int], position: dict[int, int]) -> int | None:
        """The next edge of a node that leads one level further and has room."""
        edges, to, capacity = self.heads[node], self.to, self.capacity
        further = level[node] + 1
        for at in range(position.get(node, 0), len(edges)):
            edge = edges[at]
            if capacity[edge ^ flip] > 0 and level.get(to[edge]) == further:
                position[node] = at
                return edge
        position[node] = len(edges)
        return None
