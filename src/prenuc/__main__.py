"""``python -m prenuc`` is ``prenuc``."""

from prenuc.present.cli import main

if __name__ == "__main__":
    main()
