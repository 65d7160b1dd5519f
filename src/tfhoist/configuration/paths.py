"""Where configurations name files: functions that read them, and arguments that record a path."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

FILE_FUNCTIONS = frozenset(
    "file filebase64 filemd5 filesha1 filesha256 filesha512 filebase64sha256 filebase64sha512 fileexists fileset "
    "templatefile".split()
)
"""Functions that read a file (or name those of a folder) by their first argument."""

PATH_ARGUMENTS: dict[str, frozenset[str]] = {
    "archive_file": frozenset({"source_file", "source_dir", "output_path"}),
    "aws_lambda_function": frozenset({"filename"}),
    "aws_lambda_layer_version": frozenset({"filename"}),
    "aws_s3_bucket_object": frozenset({"source"}),
    "aws_s3_object": frozenset({"source"}),
    "azurerm_storage_blob": frozenset({"source"}),
    "external": frozenset({"program", "working_dir"}),
    "google_storage_bucket_object": frozenset({"source"}),
    "helm_release": frozenset({"chart"}),
    "local_file": frozenset({"filename", "source"}),
    "local_sensitive_file": frozenset({"filename", "source"}),
    "template_dir": frozenset({"source_dir", "destination_dir"}),
    "terraform_remote_state": frozenset({"config"}),
}
"""Arguments that a provider takes as a path, relative to the folder that Terraform runs in; from the providers' pages."""

READS_ON = re.compile(rb"\b(?:templatefile|file\w*)\s*\(")
"""A template that reads files itself."""


@lru_cache(maxsize=8192)
def is_override(path: str) -> bool:
    """Whether Terraform merges this file over the others."""
    stem = posixpath.basename(path).removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")
