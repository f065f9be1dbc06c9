"""Build contexts as data: what a folder of rendered templates holds."""

import hashlib
import os

DOCKERFILE = "Dockerfile"


def read(folder):
    """Returns what is below a folder: {path: entry}.

    A path with a slash at its end is a folder. An entry is a list that JSON keeps as it is:
    [executable, digest], and for a Dockerfile [executable, digest, text]. Of the modes no more is
    kept, because the rest depends on the umask.
    """
    entries = {}
    for parent, folders, files in os.walk(folder):
        relative = os.path.relpath(parent, folder)
        for name in folders:
            entries[os.path.normpath(os.path.join(relative, name)) + "/"] = [True, ""]
        for name in files:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                content = file.read()
            entry = [bool(os.stat(path).st_mode & 0o100), hashlib.sha256(content).hexdigest()]
            if name == DOCKERFILE:
                entry[0] = False  # the tools write it, with modes of their own
                entry.append(content.decode("utf-8", "surrogateescape"))
            entries[os.path.normpath(os.path.join(relative, name))] = entry
    return entries
