"""What each kind of obligation says, as a person reads it."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "central-block": "what the central roots and the shared module gained is the service's to add",
    "central-file": "the central repository's own files are as they were, and new ones stand where they belong",
    "central-root": "each central root calls the shared module once, with all its variables",
    "data": "each data source is on the side of its readers, with the same arguments and provider",
    "duplicate": "nothing is defined twice",
    "file": "files of the service root stay, and files that moved have the same content",
    "guard": "the service root stops with an error until the central outputs exist",
    "import": "blocks that import are as they were, and new ones import what moved, each by its own id",
    "interface": "every central output that is read exists and comes from the shared module",
    "lifecycle": "creation before destruction is as it was",
    "module": "each module call is on one side, with the same source, version, arguments and providers",
    "moved": "blocks that move addresses are as they were",
    "check": "checks are as they were",
    "output": "the service root's outputs have the same values, and central outputs can always be evaluated",
    "pin": "each pinned input is what the state says of the original expression",
    "promise": "each promised output means what was agreed",
    "provider": "moved blocks keep their provider configuration, and the service root its own",
    "remote-state": "the remote state is that of the central root of the same environment",
    "required": "the shared module has the inputs and outputs that every one has",
    "removed": "each moved address is forgotten, never destroyed, by an early apply",
    "required_providers": "some version of each provider satisfies everyone",
    "required_version": "some version of Terraform satisfies everyone",
    "resource": "each resource is there once, with the same arguments, meta-arguments and marks",
    "routing": "every request is answered as before, by the listeners' rules together",
    "sensitive": "outputs of sensitive values say so",
    "settings": "the service root's `terraform` settings are as they were",
    "syntax": "all files can be read",
    "undeclared": "everything that is read is declared",
    "variable": "variables are declared as before, and central ones as the service's",
    "wellformed": "Terraform takes what was written",
}
"""What the obligations of each kind ask for."""
