"""The regulation of a property office as working software, in plain files and git."""

__version__ = "0.1.0"
