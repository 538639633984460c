"""Every option of EVENT.toml, declared once: key, type, default, one sentence; read, checked and explained here."""

from kiosk.settings.reader import load
from kiosk.settings.tables import (
    EventTable,
    ModerationTable,
    Settings,
    SourceTable,
    WallTable,
    assets_folder,
)
from kiosk.settings.template import Option, header, network_options, options, template, toml_value
from kiosk.settings.theme import Theme, load_theme, theme_file, theme_names, theme_options
from kiosk.settings.turns import Fault, TurnTable

__all__ = [
    "EventTable",
    "Fault",
    "ModerationTable",
    "Option",
    "Settings",
    "SourceTable",
    "Theme",
    "TurnTable",
    "WallTable",
    "assets_folder",
    "header",
    "load",
    "load_theme",
    "network_options",
    "options",
    "template",
    "theme_file",
    "theme_names",
    "theme_options",
    "toml_value",
]
