"""The program: `pmcs`, and `python -m pmcs`."""

import gc
import os

INTERRUPTED = 130


def main() -> None:
    """Run the command that was typed. Ctrl-C ends it quietly even while it is still being loaded."""
    # Before anything is loaded: modules are no garbage. A typed command makes fewer new objects than this, and ends;
    # what makes more, as an import does, is still tidied up.
    gc.set_threshold(50_000)
    try:
        from pmcs.cli.main import main as run

        run()
    except KeyboardInterrupt:
        os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
