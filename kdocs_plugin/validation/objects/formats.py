"""How names, keys and other texts must look: k8s.io/apimachinery's util/validation.

Each function returns what is wrong with a text, in the server's words; () if nothing is.
Lengths are in bytes, as Go counts. No expression sees a text that is longer than allowed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import Final

from kdocs_plugin.late import late

Check = Callable[[str], Sequence[str]]

_LABEL: Final = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_DNS_LABEL: Final = late(_LABEL)
_DNS_1035: Final = late(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN: Final = late(rf"{_LABEL}(?:\.{_LABEL})*")
_UNDERSCORED: Final = r"_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
_SUBDOMAIN_UNDERSCORED: Final = late(rf"{_UNDERSCORED}(?:\.{_UNDERSCORED})*")
_QUALIFIED: Final = late(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PORT_NAME: Final = late(r"[-a-z0-9]+")
_CONFIG_KEY: Final = late(r"[-._a-zA-Z0-9]+")
_HEADER: Final = late(r"[-A-Za-z0-9]+")
_PERCENT: Final = late(r"[0-9]+%")
_HTTP_PATH: Final = late(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")
_LABEL_LENGTH: Final = 63
_NAME_LENGTH: Final = 253

LABEL_WORDS: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN_WORDS: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
    "or '.', and must start and end with an alphanumeric character"
)
_1035_WORDS: Final = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "
    "an alphabetic character, and end with an alphanumeric character"
)
_QUALIFIED_WORDS: Final = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
    "an alphanumeric character"
)


def length(text: str) -> int:
    """In bytes, as Go counts."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _too_long(most: int) -> tuple[str]:
    return (f"must be no more than {most} bytes",)


def dns_label(text: str) -> Sequence[str]:
    """RFC 1123: `web-1`, at most 63 bytes, no dot."""
    if length(text) > _LABEL_LENGTH:
        return _too_long(_LABEL_LENGTH)
    if _DNS_LABEL.fullmatch(text):
        return ()
    return ("must not contain dots",) if _SUBDOMAIN.fullmatch(text) else (LABEL_WORDS,)


def dns_1035_label(text: str) -> Sequence[str]:
    """As dns_label, but the first is a letter."""
    if length(text) > _LABEL_LENGTH:
        return _too_long(_LABEL_LENGTH)
    return () if _DNS_1035.fullmatch(text) else (_1035_WORDS,)


def dns_subdomain(text: str) -> Sequence[str]:
    """RFC 1123: `web.example.com`, at most 253 bytes. What most names must be."""
    if length(text) > _NAME_LENGTH:
        return _too_long(_NAME_LENGTH)
    return () if _SUBDOMAIN.fullmatch(text) else (_SUBDOMAIN_WORDS,)


def name_prefix(text: str) -> Sequence[str]:
    """A subdomain that may go on: a `-` at its end is let through."""
    return dns_subdomain(f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text)


def dns_subdomain_underscored(text: str) -> Sequence[str]:
    """As dns_subdomain, with `_` as resolvers take it."""
    if length(text) > _NAME_LENGTH:
        return _too_long(_NAME_LENGTH)
    return () if _SUBDOMAIN_UNDERSCORED.fullmatch(text) else (_SUBDOMAIN_WORDS,)


def wildcard_subdomain(text: str) -> Sequence[str]:
    """`*.example.com`."""
    if text.startswith("*.") and not dns_subdomain(text[2:]):
        return ()
    return (
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain",
    )


def path_segment(text: str) -> Sequence[str]:
    """What can stand between two slashes of an address: RBAC's names, kinds."""
    if text in (".", ".."):
        return (f"may not be '{text}'",)
    return tuple(f"may not contain '{mark}'" for mark in "/%" if mark in text)


def qualified_name(text: str) -> Sequence[str]:
    """`app` or `example.com/app`: keys of labels, annotations, taints, resources."""
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        return (f"a valid label key {_QUALIFIED_WORDS} with an optional DNS subdomain prefix",)
    found: list[str] = []
    if slash and not prefix:
        found.append("prefix part must be non-empty")
    elif slash:
        found += [f"prefix part {each}" for each in dns_subdomain(prefix)]
    if not name:
        found.append("name part must be non-empty")
    elif length(name) > _LABEL_LENGTH:
        found.append("name part must be no more than 63 bytes")
    elif not _QUALIFIED.fullmatch(name):
        found.append(f"name part {_QUALIFIED_WORDS}")
    return found


def label_value(text: str) -> Sequence[str]:
    """A label's value: at most 63 bytes, or empty."""
    if length(text) > _LABEL_LENGTH:
        return _too_long(_LABEL_LENGTH)
    if not text or _QUALIFIED.fullmatch(text):
        return ()
    return (
        f"a valid label must be an empty string or {_QUALIFIED_WORDS.removeprefix('must ')}",
    )


def port_name(text: str) -> Sequence[str]:
    """IANA_SVC_NAME."""
    if length(text) > 15:
        return _too_long(15)
    found: list[str] = []
    if not _PORT_NAME.fullmatch(text):
        found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not any("a" <= letter <= "z" for letter in text):
        found.append("must contain at least one letter (a-z)")
    if "--" in text:
        found.append("must not contain consecutive hyphens")
    if text.startswith("-") or text.endswith("-"):
        found.append("must not begin or end with a hyphen")
    return found


def port_number(number: int) -> Sequence[str]:
    """1 to 65535."""
    return () if 1 <= number <= 65535 else ("must be between 1 and 65535, inclusive",)


def config_key(text: str) -> Sequence[str]:
    """A key of a ConfigMap's or a Secret's data: a file's name."""
    if length(text) > _NAME_LENGTH:
        return _too_long(_NAME_LENGTH)
    if not _CONFIG_KEY.fullmatch(text):
        return ("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",)
    if text in (".", ".."):
        return (f"must not be '{text}'",)
    return ("must not start with '..'",) if text.startswith("..") else ()


def environment_name(text: str) -> Sequence[str]:
    """Since Kubernetes 1.34 whatever is printable; before, what begins with no digit."""
    if all(" " <= letter <= "~" and letter != "=" for letter in text):
        return ()
    return (
        (
            "a valid environment variable name must consist only of printable ASCII characters "
            "other than '='"
        ),
    )


def http_header(text: str) -> Sequence[str]:
    """A header's name."""
    if _HEADER.fullmatch(text):
        return ()
    return ("a valid HTTP header must consist of alphanumeric characters or '-'",)


def percent(text: str) -> Sequence[str]:
    """`25%`."""
    if _PERCENT.fullmatch(text):
        return ()
    return ("a valid percent string must be a numeric string followed by an ending '%'",)


def domain_prefixed_path(text: str) -> Sequence[str]:
    """`example.com/controller`."""
    domain, slash, path = text.partition("/")
    if not slash or not domain or not path:
        return ('must be a domain-prefixed path (such as "acme.io/foo")',)
    return dns_subdomain(domain) or (() if _HTTP_PATH.fullmatch(path) else ("Invalid path",))


def ip_address(text: str) -> Sequence[str]:
    """Of an old field: leading zeros are let through, as the server does."""
    return (
        ()
        if _address(text)
        else ("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",)
    )


def loose_address(text: str) -> Sequence[str]:
    """What servers refuse in old fields since Kubernetes 1.36: StrictIPCIDRValidation."""
    address = _address(text)
    if address is None:
        return ()
    if address.version == 6 and address.ipv4_mapped is not None:
        return ("must not be an IPv4-mapped IPv6 address",)
    octets = text.split(".") if address.version == 4 else ()
    zeros = any(len(each) > 1 and each.startswith("0") for each in octets)
    return ("must not have leading 0s",) if zeros else ()


def loose_network(text: str) -> Sequence[str]:
    """As loose_address, of a CIDR; its bits beyond the prefix must be zero."""
    found = network(text)
    if found is None:
        return ()
    base, _, size = text.partition("/")
    if len(size) > 1 and size.startswith("0"):
        return ("must not have leading 0s in prefix length",)
    if _address(base) != found.network_address:
        return ("must not have bits set beyond the prefix length",)
    return loose_address(base)


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """A CIDR of an old field, or None; bits beyond the prefix are let through."""
    base, slash, size = text.partition("/")
    address = _address(base)
    if address is None or not slash or not size.isascii() or not size.isdigit():
        return None
    if len(size) > 3 or int(size) > address.max_prefixlen:
        return None
    return ipaddress.ip_network(f"{address}/{int(size)}", strict=False)


def cidr(text: str) -> Sequence[str]:
    """`10.0.0.0/24`."""
    if network(text) is not None:
        return ()
    return ("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if "%" in text or length(text) > 64:
        return None
    parts = text.split(".")
    if (
        ":" not in text
        and len(parts) == 4
        and all(each.isascii() and each.isdigit() for each in parts)
    ):
        text = ".".join(str(int(each)) for each in parts)
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def local_path(text: str) -> Sequence[str]:
    """A path inside a volume: relative, and never upwards."""
    found = [] if not text.startswith("/") else ["must be a relative path"]
    return [*found, *no_backsteps(text)]


def no_backsteps(text: str) -> Sequence[str]:
    """No `..` on the way."""
    return ("must not contain '..'",) if ".." in text.split("/") else ()


def file_path(text: str) -> Sequence[str]:
    """Where a key's file lies in a volume."""
    found = local_path(text)
    if text.startswith("..") and not text.startswith("../"):
        return [*found, "must not start with '..'"]
    return found


_NOT_IN_NAMES: Final = late(r"[^a-z0-9.-]+")


def as_name(text: str, *, dots: bool = True) -> str:
    """The nearest name that the server takes, "" where nothing is left of `text`."""
    if length(text) > _NAME_LENGTH or not text.isascii():
        return ""
    found = _NOT_IN_NAMES.sub("-", text.lower())
    found = (found if dots else found.replace(".", "-")).strip("-.")
    return found if found != text and not (dns_subdomain if dots else dns_label)(found) else ""
