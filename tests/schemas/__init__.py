"""JSON schemas of what is written for others, after the specifications that each names."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

_SCHEMAS = {file.name: json.loads(file.read_text()) for file in Path(__file__).parent.glob("*.json")}
_REGISTRY: Any = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in _SCHEMAS.items()
)


def validate(document: Any, schema: str) -> None:
    """Raises jsonschema.ValidationError where a document is not as its schema has it."""
    Draft202012Validator.check_schema(_SCHEMAS[schema])
    Draft202012Validator(_SCHEMAS[schema], registry=_REGISTRY).validate(document)
