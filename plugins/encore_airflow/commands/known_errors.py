"""The platforms' errors and what they mean, as a page."""

from __future__ import annotations

import argparse

SUMMARY = "print the table of all known platform errors (Markdown)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    from encore.platforms.error_page import error_page

    print(error_page(), end="")
    return 0
