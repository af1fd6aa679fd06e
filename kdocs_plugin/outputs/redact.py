"""Secrets taken out of output before anything keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kdocs_plugin.late import late

MARK = "[redacted]"
# A JSON Web Token: three base64url parts, the first two JSON objects.
JWT = late(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")
PEM_KEY = late(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)", re.DOTALL)
KUBECONFIG_DATA = late(
    r"(?m)^([ \t]*(?:-[ \t]+)?(?:client-key-data|client-certificate-data|token):[ \t]*)\S+"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without tokens, private keys and the given secret values."""
    for secret in sorted({each for each in secrets if len(each) >= 6}, key=len, reverse=True):
        text = text.replace(secret, MARK)
    text = PEM_KEY.sub(MARK, JWT.sub(MARK, text))
    return KUBECONFIG_DATA.sub(rf"\g<1>{MARK}", text)
