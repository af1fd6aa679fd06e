"""Build kdocs_plugin/manifests/schemas.zlib from the kubernetes-validate wheel.

    python scripts/build_schema_pack.py              the versions of VERSIONS
    python scripts/build_schema_pack.py 1.36 1.37    others
    python scripts/build_schema_pack.py --check      is the committed pack what this makes?

The wheel's schemas are the API server's own OpenAPI. What is changed here:
descriptions and `x-kubernetes-` extensions go; an object takes no field that it does not
list (strict field validation); "a string or an integer" is one type list, so that null
passes; integers get the bounds of their format, which the server enforces as it decodes;
`apiVersion` and `kind` are any string, since kdocs picks the schema by them.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from kdocs_plugin.manifests.pack import FILE, REFERENCE, Line, pack
from kdocs_plugin.manifests.versions import NEWEST, OLDEST

VERSIONS = tuple(f"1.{minor}" for minor in range(OLDEST, NEWEST + 1))
TARGET = Path(__file__).parent.parent / "kdocs_plugin" / "manifests" / FILE
BOUNDS = {"int32": 2**31, "int64": 2**63}


def main() -> int:
    """Write the pack, or compare it."""
    arguments = sys.argv[1:]
    check = "--check" in arguments
    versions = [word for word in arguments if not word.startswith("-")] or list(VERSIONS)
    packed = build(versions)
    if check:
        same = TARGET.read_bytes() == packed
        sys.stdout.write(f"{TARGET.name} is {'' if same else 'not '}up to date\n")
        return 0 if same else 1
    TARGET.write_bytes(packed)
    sys.stdout.write(f"{TARGET}: {len(packed)} bytes, Kubernetes {', '.join(versions)}\n")
    return 0


def build(versions: list[str]) -> bytes:
    """The pack's bytes for these versions."""
    source = f"kubernetes-validate {metadata.version('kubernetes-validate')}"
    return pack(source, {version: definitions(version) for version in versions})


def definitions(version: str) -> list[Line]:
    """All definitions of one version of Kubernetes."""
    folder = resources.files("kubernetes_validate") / "kubernetes-json-schema"
    text = (folder / f"v{version}.0-local" / "_definitions.json").read_text("utf-8")
    found = json.loads(text)["$defs"]
    return [line(name, schema) for name, schema in found.items()]


def line(name: str, schema: dict[str, Any]) -> Line:
    """A definition as the pack holds it."""
    identities = schema.get("x-kubernetes-group-version-kind", [])
    api_version = kind = ""
    if len(identities) == 1:  # DeleteOptions and WatchEvent belong to every group
        group, version = identities[0]["group"], identities[0]["version"]
        api_version = f"{group}/{version}" if group else version
        kind = identities[0]["kind"]
    body = json.dumps(strict(schema), sort_keys=True, separators=(",", ":"))
    return Line(name, api_version, kind, body)


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema as kdocs wants it. Knows properties from keywords: there are objects
    with properties called `description`, `format` and `$ref`."""
    if "$ref" in schema:
        return {"$ref": REFERENCE + schema["$ref"].rpartition("/")[2]}
    result: dict[str, Any] = {}
    if "oneOf" in schema:
        types = [name for choice in schema["oneOf"] for name in listed(choice["type"])]
        result["type"] = sorted(set(types))
    elif "type" in schema:
        result["type"] = schema["type"]
    if "format" in schema:
        result["format"] = schema["format"]
        bound = BOUNDS.get(schema["format"])
        if bound:
            result |= {"minimum": -bound, "maximum": bound - 1}
    if "required" in schema:
        result["required"] = sorted(schema["required"])
    if "items" in schema:
        result["items"] = strict(schema["items"])
    if "properties" in schema:
        result["properties"] = {
            name: strict(child) for name, child in schema["properties"].items()
        }
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = strict(schema["additionalProperties"])
    elif "properties" in schema:
        result["additionalProperties"] = False
    return result


def listed(types: str | list[str]) -> list[str]:
    """JSON schema writes one type without a list."""
    return [types] if isinstance(types, str) else types


if __name__ == "__main__":
    sys.exit(main())
