"""What every test stands on: no network but loopback, no display but our own."""

from __future__ import annotations

import ipaddress
import os
import socket

import pytest
from hypothesis import settings

settings.register_profile("kiosk", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("kiosk")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
for name in ("DISPLAY", "WAYLAND_DISPLAY", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY"):
    os.environ.pop(name, None)


class OutsideWorldError(AssertionError):
    """A test reached for the network."""


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _guarded(self: socket.socket, address: object) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = str(address[0]).split("%")[0]  # type: ignore[index]
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise OutsideWorldError(f"a test tried to reach {address}; tests know only loopback")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch):
    """Refuse every connection that leaves the machine."""

    def connect(self, address):
        _guarded(self, address)
        return _connect(self, address)

    def connect_ex(self, address):
        _guarded(self, address)
        return _connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
