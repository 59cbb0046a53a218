"""The form as a JSON schema in the few words that both clients and every model family take."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from edge_adapter.interpretation import Interpretation

# Patterns, lengths and ranges are left out: the models do not keep to them, and validation is ours.
_KEPT: Final = ("type", "enum", "description", "required")
_ONLY_HEARD_OR_SEEN: Final = {"certainty", "transcript", "document_total", "supplier"}


@cache
def form_schema(media: bool) -> dict[str, Any]:
    """The closed form without references or null; what only voice and photos fill if `media`."""
    schema = Interpretation.model_json_schema()
    return _plain(schema, schema.get("$defs", {}), frozenset() if media else _ONLY_HEARD_OR_SEEN)


def _plain(
    node: Mapping[str, Any], shapes: Mapping[str, Any], left_out: frozenset[str] | set[str]
) -> dict[str, Any]:
    if "$ref" in node:
        return _plain(shapes[node["$ref"].rpartition("/")[2]], shapes, left_out)
    for choice in node.get("anyOf", []):  # `X | None`: absent says what null would
        if choice.get("type") != "null":
            return _plain(choice, shapes, left_out)
    plain = {key: node[key] for key in _KEPT if key in node}
    if "items" in node:
        plain["items"] = _plain(node["items"], shapes, left_out)
    if "properties" in node:
        plain["properties"] = {
            name: _plain(shape, shapes, left_out)
            for name, shape in node["properties"].items()
            if name not in left_out
        }
    return plain
