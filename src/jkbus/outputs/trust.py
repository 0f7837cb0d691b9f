"""Whom we trust when we speak TLS."""

import ssl
from pathlib import Path

from ..errors import UsageError


def tls_context(section: str, ca: Path | None, insecure: bool) -> ssl.SSLContext:
    """TLS as a section of the configuration has it. Raises UsageError for a `ca` that is no certificate."""
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        if ca:
            context.load_verify_locations(ca)
            # Authorities made at home seldom state their key usage, which Python asks for from 3.13 on.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"{section}: ca: {ca}: cannot be used as a certificate ({error})") from None
    return context
