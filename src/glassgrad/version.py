"""`gg.version`: the version of glassgrad, and the devices that it was built for (none)."""

from importlib.metadata import version

__version__ = version("glassgrad")
cuda = hip = xpu = git_version = None
debug = False
