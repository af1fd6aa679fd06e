"""Names and numbers that a cluster makes up, told by their shape.

Kubernetes' own alphabet for generated suffixes has no vowels (k8s.io/apimachinery,
util/rand); older versions used any letter and digit, so a digit among letters counts too.
"""

from __future__ import annotations

import ipaddress

from kdocs_plugin.late import late

ALPHABET = frozenset("bcdfghjklmnpqrstvwxz2456789")
SUFFIX_LENGTH = 5
NODE_PORTS = range(30000, 32768)
IPV4 = late(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
UID = late(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
HEX = late(r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,64}\b")
WORD = late(r"(?<![\w.-])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?![\w-])")


def is_hash(part: str) -> bool:
    """Whether a part of a name looks made up: `b2zdv`, `5d78c9869d`, `28374650`."""
    if not SUFFIX_LENGTH <= len(part) <= 10 or not part.isalnum():
        return False
    digits = sum(character.isdigit() for character in part)
    if digits == len(part):
        return digits > 7  # a CronJob's minutes, an old template's hash
    return bool(digits) or ALPHABET.issuperset(part)


def stem(name: str) -> str:
    """A name without what was made up at its end: `web` of `web-5d78c9869d-b2zdv`."""
    parts = name.split("-")
    if len(parts) > 2 and len(parts[-1]) == SUFFIX_LENGTH and is_hash(parts[-2]):
        return "-".join(parts[:-2])  # the suffix may be any word behind a hash
    while len(parts) > 1 and is_hash(parts[-1]):
        parts.pop()
    return "-".join(parts)


def is_generated(name: str) -> bool:
    """Whether something at a name's end was made up."""
    return stem(name) != name


def is_address(text: str) -> bool:
    """Whether it is an IPv4 address that some cluster may have given."""
    if not IPV4.fullmatch(text):
        return False
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


def is_private(text: str) -> bool:
    """Whether an address is of a network of somebody's own."""
    return is_address(text) and ipaddress.ip_address(text).is_private
