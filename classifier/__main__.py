"""The commands: python -m classifier train | predict | evaluate | curve."""

import sys

from classifier.commands import main

sys.exit(main())
