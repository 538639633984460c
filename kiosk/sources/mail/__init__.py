"""E-mail in, over IMAP."""
