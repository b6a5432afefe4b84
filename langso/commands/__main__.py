"""`python -m langso.commands` is `langso`, also where the script folder is not on the path."""

import sys

from langso.commands import main

sys.exit(main())
