from __future__ import annotations

import pytest
from servers.tag_server import TagServer


@pytest.fixture
def server():
    with TagServer() as running:
        yield running
