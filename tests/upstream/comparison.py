"""Compares what both tools have rendered, and tells how it differs."""

import dataclasses
import difflib
import os

import contexts


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
    on_purpose: str = ""  # why ours differs, where it is meant to

    @property
    def identical(self):
        return self.dockerfiles.complete and self.files.complete and not self.differences

    def add(self, other):
        self.dockerfiles.add(other.dockerfiles)
        self.files.add(other.files)


def of_contexts(theirs, ours):
    """Compares two results of contexts.read, the Python tool's and ours."""
    result = Comparison()
    for path in counted(theirs.keys() | ours.keys()):
        same = theirs.get(path) == ours.get(path)
        counts = [result.files]
        if os.path.basename(path) == contexts.DOCKERFILE:
            counts.append(result.dockerfiles)
        for count in counts:
            count.add(Count(int(same), 1))
        if not same:
            result.differences.append(difference(path, theirs.get(path), ours.get(path)))
    return result


def counted(paths):
    """Returns the paths that count: all files, and the folders that are a part of some image's context.

    Within a context even an empty folder counts, since COPY fails without it. Above the images the
    Python tool leaves empty folders behind, of images that it removes.
    """
    images = {os.path.dirname(path) for path in paths if os.path.basename(path) == contexts.DOCKERFILE}
    return sorted(path for path in paths if not path.endswith("/") or images & set(ancestors(path)))


def ancestors(folder):
    """Returns a folder, and the folders that it is in."""
    parts = folder.strip("/").split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]


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
