#!/usr/bin/env python3
"""The door to Django's commands: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sceeus.settings")
    if len(sys.argv) > 1 and sys.argv[1] == "runserver":
        os.environ.setdefault("DEBUG", "1")  # the development server serves styles and shows errors
    try:
        from django.core.management import execute_from_command_line

        from publications.reserved_disk_space import DISK_FULL_REMEDY, is_disk_full_error
    except ImportError:
        sys.exit("Django is not installed here: run `make run`, or pip install -r requirements.txt first.")
    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        if is_disk_full_error(error):
            sys.exit(f"{DISK_FULL_REMEDY} Then run this again. The system says: {error}")
        raise


if __name__ == "__main__":
    main()
