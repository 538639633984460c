"""Every option of EVENT.toml, declared once: key, type, default, one sentence; read, checked and explained here."""

from kiosk.settings.reader import load
from kiosk.settings.tables import (
    THEMES,
    EventTable,
    Fault,
    ModerationTable,
    Settings,
    SourceTable,
    WallTable,
    assets_folder,
)
from kiosk.settings.template import Option, header, network_options, options, template, toml_value

__all__ = [
    "THEMES",
    "EventTable",
    "Fault",
    "ModerationTable",
    "Option",
    "Settings",
    "SourceTable",
    "WallTable",
    "assets_folder",
    "header",
    "load",
    "network_options",
    "options",
    "template",
    "toml_value",
]
