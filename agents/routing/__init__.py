"""Which readings a request in plain English asks for, found by its likeness to example requests."""

from .router import Route, route

__all__ = ["Route", "route"]
