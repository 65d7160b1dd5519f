"""The resource registry: who owns which paths, hosts and names."""
