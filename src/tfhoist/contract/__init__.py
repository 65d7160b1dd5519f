"""What a service root reads of the central root's outputs, and whether it's there with the type that it expects."""
