"""Certificates for trials and tests, named so that nobody takes them for real: "CHỨNG THƯ THỬ NGHIỆM"."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

MARK = "CHỨNG THƯ THỬ NGHIỆM"


@dataclass(frozen=True)
class TrialRoot:
    """A root that issues testing certificates for some days; `certificate` is DER."""

    certificate: bytes
    _key: ec.EllipticCurvePrivateKey
    _name: x509.Name
    _start: datetime
    _stop: datetime

    def signer(
        self,
        name: str,
        organisation: str,
        *,
        password: str,
        start: datetime | None = None,
        stop: datetime | None = None,
        for_signing: bool = True,
    ) -> bytes:
        """A key file (PKCS#12) for one person; the name says that it is a trial."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(
            subject=_named(f"{name} ({MARK})", organisation),
            issuer=self._name,
            key=key.public_key(),
            start=start or self._start,
            stop=stop or self._stop,
            is_root=False,
            for_signing=for_signing,
        ).sign(self._key, hashes.SHA256())
        locked = serialization.BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(name.encode(), key, made, None, locked)


def trial_root(*, start: datetime, stop: datetime, name: str = "Gốc thử nghiệm") -> TrialRoot:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(f"{name} ({MARK})", "Làng Số")
    made = _certificate(subject, subject, key.public_key(), start, stop, is_root=True, for_signing=False)
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    return TrialRoot(certificate, key, subject, start, stop)


def _named(name: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    start: datetime,
    stop: datetime,
    *,
    is_root: bool,
    for_signing: bool,
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=for_signing,
        content_commitment=for_signing,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not is_root and not for_signing,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(stop)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
