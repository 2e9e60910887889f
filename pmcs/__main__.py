"""The program: `pmcs`, and `python -m pmcs`."""

import gc

# Before anything is loaded: modules are no garbage. A typed command makes fewer new objects than this, and ends; what
# makes more, as an import does, is still tidied up.
gc.set_threshold(50_000)

from pmcs.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
