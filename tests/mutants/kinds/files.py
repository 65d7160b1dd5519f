"""Whole files: gone, stale, in the wrong place, somebody else's."""

from __future__ import annotations

import posixpath
from random import Random

from tests.mutants.registry import Draft, Group
from tests.mutants.results import Result

GROUP = Group("files")


def chosen(random: Random, paths: list[str]) -> str | None:
    """One of some paths, or None."""
    return random.choice(sorted(paths)) if paths else None


def material(result: Result) -> list[str]:
    """Files that blocks may read: neither configuration nor values nor documents of the result."""
    texts = (".tf", ".tfvars", ".tfbackend", ".md", ".toml")
    registry = [path for path in result.now if path.startswith(("central/registry/", "central/docs/"))]
    return [path for path in result.now if not path.endswith(texts) and path not in registry]


@GROUP.files("file-dropped", "a file is gone")
def dropped(result: Result, random: Random) -> Draft | None:
    path = chosen(random, [path for path in result.now if not is_document(path, result)])
    return Draft({path: None}, None, path) if path else None


def is_document(path: str, result: Result) -> bool:
    """What the central repository gained for people to read."""
    return path in result.new and path.endswith((".md", ".json"))


@GROUP.files("stale-copy", "a file that blocks read has other content")
def stale(result: Result, random: Random) -> Draft | None:
    path = chosen(random, material(result))
    return Draft({path: result.files[path] + b"stale\n"}, None, path) if path else None


@GROUP.files("line-ends-of-a-copy", "a file that blocks read has other line ends")
def line_ends(result: Result, random: Random) -> Draft | None:
    path = chosen(random, [path for path in material(result) if b"\n" in result.files[path]])
    return Draft({path: result.files[path].replace(b"\n", b"\r\n")}, None, path) if path else None


@GROUP.files("copy-emptied", "a file that blocks read is empty")
def emptied(result: Result, random: Random) -> Draft | None:
    path = chosen(random, [path for path in material(result) if result.files[path]])
    return Draft({path: b""}, None, path) if path else None


@GROUP.files("copy-in-another-folder", "a file that blocks read stands elsewhere")
def elsewhere(result: Result, random: Random) -> Draft | None:
    path = chosen(random, material(result))
    if not path:
        return None
    folder, name = posixpath.split(path)
    return Draft({path: None, f"{folder}/elsewhere/{name}": result.files[path]}, None, path)


@GROUP.files("file-added", "a file is new where none belongs")
def added(result: Result, random: Random) -> Draft:
    folder = random.choice(("central/", "central/terraform_module/", result.root, "central/environments/"))
    return Draft({f"{folder}added.txt": b"x\n"}, None, f"{folder}added.txt")


@GROUP.files("file-of-others-changed", "a file of the central repository that was there before changed")
def of_others(result: Result, random: Random) -> Draft | None:
    path = chosen(
        random,
        [
            p
            for p in result.now
            if p.startswith("central/") and p not in result.new and not p.startswith("central/docs/")
        ],
    )
    return Draft({path: result.files[path] + b"\n"}, None, path) if path else None


@GROUP.files("override-added", "an override file changes a block")
def override(result: Result, random: Random) -> Draft | None:
    places = [p for p in result.blocks if p.top == "resource" and len(p.blocks) == 1]
    if not places:
        return None
    site = random.choice(places)
    folder = posixpath.dirname(site.path)
    type_, name = site.block.labels
    text = f'resource "{type_}" "{name}" {{\n  added = "x"\n}}\n'
    return Draft({f"{folder}/{random.choice(('override', 'x_override'))}.tf": text.encode()}, site, str(site))


@GROUP.files("json-added", "a .tf.json file brings a resource")
def json(result: Result, random: Random) -> Draft:
    folder = random.choice((result.module, result.root, *result.folders))
    text = b'{"resource": {"aws_sqs_queue": {"added": {"name": "x"}}}}\n'
    return Draft({f"{folder}added.tf.json": text}, None, f"{folder}added.tf.json")


@GROUP.files("opentofu-file-added", "a file that OpenTofu alone reads takes the place of another, or brings something")
def for_opentofu(result: Result, random: Random) -> Draft | None:
    if any(path.endswith((".tofu", ".tofu.json")) for path in result.files):
        return None
    path = chosen(random, [path for path in result.configuration if path.endswith(".tf")])
    if path is None or random.random() < 0.5:
        folder = random.choice((result.module, result.root, *result.folders))
        return Draft({f"{folder}added.tofu": b"locals {\n}\n"}, None, f"{folder}added.tofu")
    return Draft({path: None, f"{path.removesuffix('.tf')}.tofu": result.files[path]}, None, path)


@GROUP.files("environments-exchanged", "two central roots have each other's file")
def exchanged(result: Result, random: Random) -> Draft | None:
    pairs = [
        (f"{one}{posixpath.basename(path)}", path)
        for path in sorted(result.new)
        for one in result.folders
        if result.in_central_root(path)
        and f"{one}{posixpath.basename(path)}" in result.files
        and result.files[path] != result.files[f"{one}{posixpath.basename(path)}"]
    ]
    if not pairs:
        return None
    one, two = random.choice(pairs)
    return Draft({one: result.files[two], two: result.files[one]}, None, f"{one} and {two}")


@GROUP.files("file-as-before", "a file of the service root is as it was before")
def as_before(result: Result, random: Random) -> Draft | None:
    paths = [
        path for path in result.now if path.startswith("service/") and f"before/{path}" in result.files
        and result.files[path] != result.files[f"before/{path}"]
    ]  # fmt: skip
    path = chosen(random, paths)
    return Draft({path: result.files[f"before/{path}"]}, None, path) if path else None


@GROUP.files("block-in-another-file-type", "a file of configuration isn't read any more")
def disabled(result: Result, random: Random) -> Draft | None:
    path = chosen(random, [path for path in result.configuration if b"{" in result.files[path]])
    return Draft({path: None, f"{path}.disabled": result.files[path]}, None, path) if path else None
