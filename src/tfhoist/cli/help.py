"""How help looks: examples on lines of their own, as they're typed."""

from __future__ import annotations

import inspect
import re

import typer

_VERBATIM = "\b"
"""A paragraph that begins with this line isn't wrapped (click's documentation, "Escaping Click's Wrapping")."""

EPILOG = f"""{_VERBATIM}
Examples:
  tfhoist tour                               # every step on an example, in a scratch folder
  tfhoist audit infrastructure/terraform
  tfhoist consolidate infrastructure/terraform --central ../central --out build/consolidation

Each command says more: tfhoist COMMAND --help. Colours: NO_COLOR=1 turns them off."""


SHORT = {
    "init": "Write a complete, commented tfhoist.toml.",
    "audit": "Inventory, dependencies on others, findings.",
    "explain": "Why a block goes to its side.",
    "placement": "Who goes where, and what else would cost.",
    "consolidate": "The main job: split, prove, document.",
    "prove": "Prove again; with Terraform's plans too.",
    "report": "Write report.html again.",
    "write": "Put the result into the two repositories.",
    "mock": "Plan the service root with made-up outputs.",
    "contract": "Is every central output there that is read?",
    "migrate": "Carry the states across, and back.",
    "finalize": "End a migration.",
    "validate": "Is everything served as before?",
    "watch": "Probe the endpoints during a migration.",
    "routes": "Which rule answers a request, and why.",
    "registry": "Who claims which paths, hosts and names.",
    "tour": "Play the example step by step.",
}
"""A line for each command in the list of all; what isn't here shows the beginning of its help."""


def show_examples(app: typer.Typer, *, top: bool = True) -> None:
    """Have the examples of each command's docstring (`Example: tfhoist ...`) shown on lines that aren't wrapped."""
    for command in app.registered_commands:
        if top:
            command.short_help = SHORT.get(command.name or "")
        if command.help is None and command.callback is not None:
            command.help = with_examples(inspect.getdoc(command.callback) or "")
    for group in app.registered_groups:
        if group.typer_instance is not None:
            if top:
                group.short_help = SHORT.get(str(group.name or group.typer_instance.info.name))
            show_examples(group.typer_instance, top=False)


def with_examples(text: str) -> str:
    """A help text with its `Example:` paragraph as a heading and a line for each command."""
    head, _, tail = text.partition("\nExample")
    if not tail:
        return text
    commands = re.sub(r"\As?:\s*", "", tail).strip().splitlines()
    lines = "\n".join(f"  {line.strip()}" for line in commands)
    return f"{head}\n{_VERBATIM}\nExample{'s' if len(commands) > 1 else ''}:\n{lines}"
