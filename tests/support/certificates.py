"""Certificates made while a test runs: an authority of a house, and what it signs for its servers."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


class Authority:
    """Signs certificates; `file` is what a house hands out, as text, and `der_file` as Windows exports it."""

    def __init__(self, folder: Path, name: str, *, above: Authority | None = None) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        signer, signing_key = (self._name, self._key) if above is None else (above._name, above._key)
        made = (
            _begun(self._name, signer, self._key, valid_from=-DAY, valid_for=30 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(signing_key, hashes.SHA256())
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(f"# Hausautorität {name}\n".encode() + made.public_bytes(serialization.Encoding.PEM))
        self.der_file = folder / f"{name}.cer"
        self.der_file.write_bytes(made.public_bytes(serialization.Encoding.DER))

    def server_context(
        self, *names: str, valid_from: datetime.timedelta = -DAY, valid_for: datetime.timedelta = 10 * DAY
    ) -> ssl.SSLContext:
        """Return the TLS of a server with these names or numbers."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = (
            _begun(_named(names[0]), self._name, key, valid_from=valid_from, valid_for=valid_for)
            .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"server-{made.serial_number}.pem"
        file.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    valid_from: datetime.timedelta,
    valid_for: datetime.timedelta,
) -> x509.CertificateBuilder:
    begins = datetime.datetime.now(datetime.UTC) + valid_from
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + valid_for)
    )
