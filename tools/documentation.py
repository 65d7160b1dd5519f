"""A hook of MkDocs: what the pages link to outside `docs` comes along, and findings have a list of their own.

Source: MkDocs, "Writing plugins", the events `on_files` and `on_nav`'s place in it.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = "repository"
_LINK = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)")


def on_config(config: Any) -> Any:
    """Put each finding's page into the navigation, after the refusals."""
    pages = sorted(page for page in (ROOT / "docs" / "findings").glob("*.md") if page.stem != "index")
    for section in config["nav"]:
        if "Reference" in section:
            listed = [{page.stem: f"findings/{page.name}"} for page in pages]
            section["Reference"].append({"Findings": [{"All": "findings/index.md"}, *listed]})
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the repository's files that pages link to."""
    from mkdocs.structure.files import File

    for page in sorted((ROOT / "docs").rglob("*.md")):
        for path in _outside(page.relative_to(ROOT / "docs").as_posix(), page.read_text("utf-8")).values():
            if (ROOT / path).is_file() and files.get_file_from_path(f"{OUTSIDE}/{path}") is None:
                files.append(File.generated(config, f"{OUTSIDE}/{path}", abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Have those links lead to the copies."""
    source: str = page.file.src_uri
    folder = posixpath.dirname(source)
    for link, path in _outside(source, markdown).items():
        there = posixpath.relpath(f"{OUTSIDE}/{path}", folder or ".")
        markdown = markdown.replace(f"]({link}", f"]({there}")
    return markdown


def _outside(source: str, markdown: str) -> dict[str, str]:
    """The links of a page that leave `docs`, each with the path in the repository."""
    found: dict[str, str] = {}
    for match in _LINK.finditer(markdown):
        path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(source), match.group(1)))
        if not path.startswith(("docs/", "..")):
            found[match.group(1)] = path
    return found
