"""Drives Kolla's Python tool, as it stands in a tree, within this process.

Nothing of it is changed but what would make its output depend on the machine: the clock, the
configuration of the machine, and the connection to a container engine, which it opens even to
render templates.
"""

import importlib
import os
import sys
import types

# The second that all clocks show: 2026-01-01 00:00:00 UTC. Ours takes it from SOURCE_DATE_EPOCH.
NOW = 1767225600

def load(tree):
    """Returns the tool of a tree, imported: an object with the method render."""
    sys.path.insert(0, tree)
    cfg = importlib.import_module("oslo_config.cfg")
    cfg.find_config_files = lambda *_, **__: []
    cfg.find_config_dirs = lambda *_, **__: []
    if os.path.exists(os.path.join(tree, "kolla/image/build.py")):
        return Today()
    return Mitaka()


class Tool:
    """What the tools of all releases have in common."""

    def __init__(self, build):
        self.worker = None
        tool = self

        class Worker(build.KollaWorker):
            """The tool's own worker, which can be asked afterwards."""

            def __init__(self, conf):
                self.conf = conf
                tool.worker = self
                super().__init__(conf)

        build.KollaWorker = Worker

    def resolved(self):
        """Returns the options that the last call of render took from its own package, and not from the tree.

        Everything else ours has to find in the tree as well.
        """
        version = importlib.import_module("kolla.version").version_info.cached_version_string()
        if self.worker is not None and self.worker.tag == version:
            return {"kolla-version": version, "tag": version}
        return {"kolla-version": version}


class Today(Tool):
    """The tool since 2022: one that has neither types nor headers."""

    def __init__(self):
        self.build = importlib.import_module("kolla.image.build")
        importlib.import_module("kolla.engine_adapter.engine").getEngineClient = lambda _: None
        importlib.import_module("kolla.image.kolla_worker").time = types.SimpleNamespace(time=lambda: NOW)
        super().__init__(self.build)

    def render(self, arguments, folder):
        """Renders into folder, and returns the folder that holds the contexts."""
        sys.argv = ["kolla-build", "--quiet", "--template-only", "--work-dir", folder, *arguments]
        self.build.run_build()
        return os.path.join(folder, "docker")


class Mitaka(Tool):
    """The tool of 2016. Its code happens to run under Python 3, with one module made up."""

    def __init__(self):
        # Debian has it as python3-graphviz; nothing that renders uses it.
        sys.modules.setdefault("graphviz", types.ModuleType("graphviz"))
        self.build = importlib.import_module("kolla.cmd.build")
        super().__init__(self.build)

    def render(self, arguments, folder):
        """Renders into folder, and returns the folder that holds the contexts.

        The tool has no --work-dir and makes a temporary folder; and it wants a regex, which does
        nothing together with --template-only.
        """
        os.makedirs(folder)
        tempfile = importlib.import_module("tempfile")
        tempfile.tempdir = folder
        sys.argv = ["kolla-build", "--template-only", *arguments, "."]
        self.build.main()
        return self.worker.working_dir
