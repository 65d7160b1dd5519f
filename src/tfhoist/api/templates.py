"""A user's own templates for the documents: reading them, and writing those that come with tfhoist to begin with."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from tfhoist.api.reading import Service
from tfhoist.documents.rendering import Templates, built_in
from tfhoist.errors import UsageError
from tfhoist.workspace import read_file, write_file

FOLDER = "templates"


def templates_of(service: Service) -> Templates:
    """The templates of a service root: its own where its settings name a folder, tfhoist's where that has none.

    Raises `UsageError` for a folder that isn't there, a file in it that no document is made of, and text that isn't UTF-8.
    """
    name = service.settings.documents.templates
    if not name:
        return Templates({})
    folder = service.folder / name
    if not folder.is_dir():
        advice = (
            "`templates` in tfhoist.toml is relative to the service root; `tfhoist init --templates` writes a folder."
        )
        raise UsageError(f"there is no folder {folder} with templates.", advice)
    known = built_in()
    own: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if not path.name.endswith(".j2"):
            continue
        if path.name not in known:
            near = get_close_matches(path.name, known, n=1)
            meant = f"Did you mean {near[0]}? " if near else ""
            raise UsageError(f"no document is made of {path}.", f"{meant}Known: {', '.join(known)}.")
        try:
            own[path.name] = read_file(path).decode("utf-8")
        except OSError as error:
            raise UsageError(f"{path} can't be read: {error.strerror or error}.") from None
        except UnicodeDecodeError:
            raise UsageError(f"{path} isn't UTF-8.", "Save it as UTF-8.") from None
    if not own:
        raise UsageError(f"{folder} has no template.", f"Known: {', '.join(known)}.")
    return Templates(own, name)


def write_templates(folder: Path, *, force: bool) -> tuple[Path, ...]:
    """Write the templates that come with tfhoist into `folder`/templates; returns what was written.

    Raises `UsageError` when one of them exists and `force` isn't given; nothing is written then.
    """
    targets = {folder / FOLDER / name: text for name, text in built_in().items()}
    there = [path for path in targets if path.exists()]
    if there and not force:
        raise UsageError(f"{there[0]} exists.", "Overwrite it with --force.")
    for path, text in targets.items():
        write_file(path, text.encode())
    return tuple(targets)
