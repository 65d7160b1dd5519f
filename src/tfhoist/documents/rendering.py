"""Rendering templates: those that come with tfhoist, or a user's own in their place, whose mistakes are told by line.

A user's templates run in Jinja's sandbox: they may come with a repository that somebody else wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tfhoist.diagnostics import Diagnostic, Severity, SourceRange
from tfhoist.documents import markdown
from tfhoist.errors import InputError

if TYPE_CHECKING:
    import jinja2

SUFFIX = ".md.j2"
_NAME = re.compile(r"'(\w+)' is undefined|has no attribute '(\w+)'|No filter named '(\w+)'")
_FOLDER = files("tfhoist.documents") / "templates"


def built_in() -> dict[str, str]:
    """Every template that comes with tfhoist, by its name."""
    found = (entry for entry in _FOLDER.iterdir() if entry.name.endswith(SUFFIX))
    return {entry.name: entry.read_text(encoding="utf-8") for entry in sorted(found, key=lambda entry: entry.name)}


class Templates:
    """The templates of one run. `own` has a user's by name, and `folder` is where these are, for diagnostics."""

    def __init__(self, own: Mapping[str, str], folder: str = "") -> None:
        self._own = own
        self._folder = folder.rstrip("/")
        self._environment = _environment(own)
        self.filters = frozenset(_FILTERS)

    def render(self, name: str, values: Mapping[str, Any]) -> bytes:
        """One document; raises `InputError` for a mistake in a user's template."""
        if not self._own:
            return markdown.tidy(self._environment.get_template(name).render(values))
        import jinja2
        from jinja2.exceptions import SecurityError

        try:
            return markdown.tidy(self._environment.get_template(name).render(values))
        except jinja2.TemplateSyntaxError as error:
            raise self._fault(error.name or name, error.lineno, error.message or "can't be read", values) from None
        except jinja2.TemplateNotFound as error:
            advice = f"There are {', '.join(sorted({*built_in(), *self._own}))}."
            raise self._fault(name, _line_of(error, name), f"no template is called {error.name}", advice) from None
        except SecurityError as error:
            raise self._fault(name, _line_of(error, name), str(error), "Templates may only show values.") from None
        except Exception as error:  # whatever an expression in a template may raise
            place, line = _place(error, name)
            raise self._fault(place, line, str(error) or type(error).__name__, values) from None

    def _fault(self, name: str, line: int, summary: str, advice: str | Mapping[str, Any]) -> InputError:
        text = self._own.get(name) or built_in().get(name, "")
        lines = text.splitlines()
        snippet = lines[line - 1].strip()[:160] if 0 < line <= len(lines) else ""
        shown = f"{self._folder}/{name}" if name in self._own else f"{name} (tfhoist's own)"
        if not isinstance(advice, str):
            advice = _advice(summary, sorted({*advice, *self.filters}))
        return InputError(
            [
                Diagnostic(
                    Severity.ERROR,
                    f"template: {summary}",
                    advice,
                    SourceRange(shown, max(line, 1), max(line, 1)),
                    snippet,
                )
            ]
        )


def _advice(summary: str, known: list[str]) -> str:
    match = _NAME.search(summary)
    word = next((group for group in match.groups() if group), "") if match is not None else ""
    near = get_close_matches(word, known, n=1, cutoff=0.6) if word else []
    meant = f'Did you mean "{near[0]}"? ' if near else ""
    return f"{meant}docs/templates.md lists what each template is given."


def _place(error: BaseException, name: str) -> tuple[str, int]:
    """The innermost template, and its line, that an error came from: Jinja puts templates' lines into tracebacks."""
    found = (name, 0)
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(SUFFIX) or file == "<template>":
            found = (file.replace("\\", "/").rsplit("/", 1)[-1] if file != "<template>" else name, trace.tb_lineno)
        trace = trace.tb_next
    return found


def _line_of(error: BaseException, name: str) -> int:
    return _place(error, name)[1]


_FILTERS = {
    "cell": markdown.cell,
    "code": markdown.code,
    "codes": markdown.codes,
    "fence": lambda text, language: markdown.fence(text, language) + "\n",
    "marked": markdown.marked,
    "prose": markdown.prose,
    "shell": markdown.shell,
    "capitalize_first": lambda text: text[:1].upper() + text[1:],
}


def _environment(own: Mapping[str, str]) -> jinja2.Environment:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class _Own(jinja2.BaseLoader):
        """The user's templates, with their names where a traceback shows a file."""

        def get_source(self, _: jinja2.Environment, template: str) -> tuple[str, str | None, Any]:
            if template not in own:
                raise jinja2.TemplateNotFound(template)
            return own[template], template, None

    ours = jinja2.PackageLoader("tfhoist.documents", "templates")
    options: dict[str, Any] = {
        "undefined": jinja2.StrictUndefined,
        "autoescape": False,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
    }
    environment: jinja2.Environment = (
        ImmutableSandboxedEnvironment(loader=jinja2.ChoiceLoader([_Own(), ours]), **options)
        if own
        else jinja2.Environment(loader=ours, **options)
    )
    environment.filters |= _FILTERS
    return environment
