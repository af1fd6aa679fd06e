"""The certificates of a cluster do what Kubernetes wants of them."""

from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kdocs_plugin.clusters.local.control.pki import Authority, KeyPair, signing_key


def handshake(
    tmp_path: Path, authority: str, server: KeyPair, client: KeyPair, host: str
) -> str:
    """Let server and client meet in memory. Returns the client's name as the server sees it."""
    for name, text in (
        ("ca", authority),
        ("server", server.certificate + server.key),
        ("client", client.certificate + client.key),
    ):
        (tmp_path / name).write_text(text)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(tmp_path / "server")
    serving.load_verify_locations(tmp_path / "ca")
    serving.verify_mode = ssl.CERT_REQUIRED
    asking = ssl.create_default_context(cafile=str(tmp_path / "ca"))
    asking.load_cert_chain(tmp_path / "client")
    one, other = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        serving.wrap_bio(one, other, server_side=True),
        asking.wrap_bio(other, one, server_hostname=host),
    )
    open_ends = set(ends)
    for _ in range(10):
        for end in tuple(open_ends):
            try:
                end.do_handshake()
                open_ends.discard(end)
            except ssl.SSLWantReadError:
                continue
    assert not open_ends
    peer = ends[0].getpeercert()
    assert peer is not None
    subject = dict(pair for part in peer["subject"] for pair in part)  # type: ignore[misc]
    return f"{subject.get('organizationName')}/{subject['commonName']}"


def test_client_and_server_trust_each_other(tmp_path: Path) -> None:
    authority = Authority("kubernetes")
    server = authority.issue("kube-apiserver", hosts=["localhost", "172.30.0.2"])
    client = authority.issue("admin", organisation="system:masters")
    for host in ("172.30.0.2", "localhost"):
        seen = handshake(tmp_path, authority.certificate, server, client, host)
        assert seen == "system:masters/admin"


def test_another_authority_is_not_trusted(tmp_path: Path) -> None:
    authority = Authority("kubernetes")
    server = authority.issue("kube-apiserver", hosts=["localhost"])
    stranger = Authority("kubernetes").issue("admin", organisation="system:masters")
    try:
        handshake(tmp_path, authority.certificate, server, stranger, "localhost")
    except (ssl.SSLError, AssertionError):
        return
    raise AssertionError("a stranger's certificate was accepted")


def test_only_servers_may_serve() -> None:
    def usages(pair: KeyPair) -> set[x509.ObjectIdentifier]:
        certificate = x509.load_pem_x509_certificate(pair.certificate.encode())
        return set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)

    authority = Authority("kubernetes")
    assert usages(authority.issue("admin")) == {ExtendedKeyUsageOID.CLIENT_AUTH}
    assert ExtendedKeyUsageOID.SERVER_AUTH in usages(authority.issue("x", hosts=["x"]))


def test_names_stand_where_kubernetes_reads_them() -> None:
    pair = Authority("kubernetes").issue("system:node:one", organisation="system:nodes")
    subject = x509.load_pem_x509_certificate(pair.certificate.encode()).subject
    names = [(part.oid, part.value) for part in subject]
    assert names == [
        (NameOID.ORGANIZATION_NAME, "system:nodes"),
        (NameOID.COMMON_NAME, "system:node:one"),
    ]


def test_signing_key_is_a_pair() -> None:
    key = signing_key()
    private = serialization.load_pem_private_key(key.private.encode(), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert public.decode() == key.public
