"""What goes wrong on the way, said in sentences: every error of the network becomes Unavailable or Refused."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpcore

from kiosk.domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Generator

BROKEN: Final = (httpcore.NetworkError, httpcore.ProtocolError)
"""A connection that ended where it should not have."""


@contextmanager
def told(host: str, seconds: float) -> Generator[None]:
    """Turn what asyncio, ssl and httpcore raise while `host` is spoken to, for at most `seconds`, into sentences.

    Raises:
        Unavailable: for anything that may pass.
        Refused: for what may not.

    """
    try:
        yield
    except httpcore.TimeoutException as error:
        raise Unavailable(f"{host} does not answer.") from error
    except TimeoutError as error:
        raise Unavailable(f"{host} did not finish its answer within {seconds:g} seconds.") from error
    except httpcore.LocalProtocolError as error:
        raise Refused(f"The request to {host} cannot be sent ({error}); check its token_file.") from error
    except httpcore.ConnectError as error:
        raise unconnected(host, error) from error
    except (*BROKEN, httpcore.UnsupportedProtocol) as error:
        raise Unavailable(f"{host} broke off ({error}).") from error
    except OSError as error:  # also ssl.SSLError
        raise unconnected(host, error) from error


def unconnected(host: str, error: BaseException) -> Refused | Unavailable:
    """Say why a connection did not come about; a bad certificate stands somewhere down the chain of causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refused(
                f"The certificate of {host} is not good ({cause.verify_message}); check this machine's clock, "
                "or ask whoever runs that server."
            )
        cause = cause.__cause__ or cause.__context__
    return Unavailable(f"{host} cannot be reached ({error}).")
