"""Backups: the whole database and all stored files as of one moment, and the way back into an empty house."""
