"""A Telegram bot."""
