"""What kubectl makes of a scalar: the rules of sigs.k8s.io/yaml, not those of PyYAML.

sigs.k8s.io/yaml reads YAML 1.1 with its own mind, then writes it as JSON, which is what
the API server gets: 1e3 and 80.0 arrive as integers, a date as a string, the key `on` as
"true". Each rule here was compared with a real kubectl (tests/unit/test_manifests.py).
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from kdocs_plugin.late import late
from kdocs_plugin.libyaml import Node, ScalarNode

# The tags that loader.py gives to nodes without a tag of their own.
PLAIN: Final = "plain"
QUOTED: Final = "quoted"

# A plain text that is none of these and does not begin so means itself.

WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
NUMBER_STARTS: Final = frozenset("+-.0123456789")
_INTEGER: Final = late(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+))\Z")
_FLOAT: Final = late(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_LONGEST_NUMBER: Final = 400  # longer ones are beyond a double, or nobody's number


class Unreadable(ValueError):
    """kubectl refuses the value; the text is kubectl's own."""


def plain(text: str) -> Any:
    """The value of a scalar without quotes and without a tag."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMBER_STARTS or len(text) > _LONGEST_NUMBER:
        return text
    return _number(text)


def _number(text: str) -> Any:
    if text.isascii() and text.isdigit() and (text[0] != "0" or text == "0"):
        return int(text)
    digits = text.replace("_", "")
    match = _INTEGER.match(digits)
    if match:
        sign, hexadecimal, binary, octal = match.groups()
        if hexadecimal:
            size = int(hexadecimal, 16)
        elif binary:
            size = int(binary, 2)
        else:
            size = int(octal, 8)
        return -size if sign == "-" else size
    if not _FLOAT.match(digits):
        return text
    if digits.lstrip("+-").isdigit():  # also 08, which is no octal number
        return int(digits)
    value = float(digits)
    if value in (float("inf"), float("-inf")):  # beyond a double: stays text
        return text
    return int(value) if value.is_integer() and abs(value) < 2**63 else value


def scalar(node: ScalarNode) -> Any:
    """The value of any scalar. Raises Unreadable where kubectl refuses it."""
    tag, text = node.tag, node.value
    if tag is PLAIN or tag == PLAIN:
        value = plain(text)
        if value.__class__ is float and (value != value or value in _INFINITE):
            raise Unreadable(f"json: unsupported value: {_GO_NAMES.get(value, 'NaN')}")
        return value
    if tag == QUOTED or not tag.startswith("tag:yaml.org,2002:"):
        return text
    return _tagged(tag.removeprefix("tag:yaml.org,2002:"), text)


_INFINITE: Final = (float("inf"), float("-inf"))
_GO_NAMES: Final = {float("inf"): "+Inf", float("-inf"): "-Inf"}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


def _tagged(tag: str, text: str) -> Any:
    if tag == "binary":
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode(
                "utf-8", "replace"
            )
        except (binascii.Error, ValueError):
            raise Unreadable("yaml: !!binary value contains invalid base64 data") from None
    if tag in _TYPES:
        value = plain(text)
        if not isinstance(value, _TYPES[tag]) or (tag != "bool" and isinstance(value, bool)):
            raise Unreadable(f"yaml: cannot decode !!str `{text:.40}` as a !!{tag}")
        return value
    return text


def key(node: ScalarNode) -> str:
    """A mapping's key as JSON has it: always a string."""
    text: str = node.value
    if node.tag is not PLAIN and node.tag != PLAIN:
        return text
    value = plain(text)
    if value.__class__ is str:
        return text
    if value is None:
        raise Unreadable("unsupported map key of type: nil")
    if value.__class__ is bool:
        return "true" if value else "false"
    if value.__class__ is int:
        return str(value)
    if value != value or value in _INFINITE:
        return text.lstrip("+")
    return repr(value)


def is_merge(node: Node) -> bool:
    """The key `<<`, which pours another mapping into its own."""
    return isinstance(node, ScalarNode) and node.value == "<<" and node.tag == PLAIN
