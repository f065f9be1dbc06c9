"""Build contexts as data: what a folder of rendered templates holds, and how two such folders differ."""

import dataclasses
import difflib
import hashlib
import os

DOCKERFILE = "Dockerfile"


def read(folder):
    """Returns what is below a folder: {path: entry}.

    A path with a slash at its end is a folder: an empty one counts too, since COPY fails without
    it. An entry is a list that JSON keeps as it is: [executable, digest], and for a Dockerfile
    [executable, digest, text]. Modes are compared no further, because they depend on the umask.
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
                entry[0] = False  # some are copies of nothing, so that they have no mode to keep
                entry.append(content.decode("utf-8", "surrogateescape"))
            entries[os.path.normpath(os.path.join(relative, name))] = entry
    return entries


@dataclasses.dataclass
class Count:
    """How many of a number of things are identical."""

    same: int = 0
    total: int = 0

    def add(self, other):
        self.same += other.same
        self.total += other.total

    def __str__(self):
        return f"{self.same}/{self.total}"

    @property
    def complete(self):
        return self.same == self.total


@dataclasses.dataclass
class Comparison:
    """What has come out of one variant, rendered by both tools."""

    dockerfiles: Count = dataclasses.field(default_factory=Count)
    files: Count = dataclasses.field(default_factory=Count)
    differences: list = dataclasses.field(default_factory=list)  # texts for people, one per file
    failed_both: bool = False

    @property
    def identical(self):
        return self.dockerfiles.complete and self.files.complete and not self.differences

    def add(self, other):
        self.dockerfiles.add(other.dockerfiles)
        self.files.add(other.files)


def compare(theirs, ours):
    """Compares two results of read, the Python tool's and ours."""
    result = Comparison()
    for path in sorted(theirs.keys() | ours.keys()):
        same = theirs.get(path) == ours.get(path)
        counts = [result.files]
        if os.path.basename(path) == DOCKERFILE:
            counts.append(result.dockerfiles)
        for count in counts:
            count.add(Count(int(same), 1))
        if not same:
            result.differences.append(difference(path, theirs.get(path), ours.get(path)))
    return result


def difference(path, theirs, ours, lines=14):
    """Tells of one path how it differs, in a few lines."""
    if theirs is None:
        return f"{path}: only ours has it"
    if ours is None:
        return f"{path}: ours lacks it"
    if len(theirs) > 2 and len(ours) > 2 and theirs[2] != ours[2]:
        return unified(path, theirs[2], ours[2], lines)
    if theirs[1] != ours[1]:
        return f"{path}: the content differs"
    return f"{path}: only {'ours' if ours[0] else 'theirs'} is executable"


def unified(path, theirs, ours, lines):
    # A line end that only one side has is to be seen, too.
    diff = list(difflib.unified_diff(
        theirs.splitlines(keepends=True), ours.splitlines(keepends=True),
        f"theirs/{path}", f"ours/{path}", n=1))
    shown = [line if line.endswith("\n") else line + "\n\\ no newline at the end\n" for line in diff[:lines]]
    if len(diff) > lines:
        shown.append(f"... and {len(diff) - lines} more lines")
    return "".join(shown).rstrip("\n")
