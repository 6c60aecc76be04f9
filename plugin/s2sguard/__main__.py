"""`python -m s2sguard` is the command `s2sguard`."""

import sys

from s2sguard.cli import main

sys.exit(main())
