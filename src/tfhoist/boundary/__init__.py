"""The boundary: references that cross a placement, and the interface that they make."""
