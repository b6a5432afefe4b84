"""Tệp: what people hand in, kept under its checksum, checked by content, given back only through a door.

A file is never served from where a browser would run it: always as a download.
"""
