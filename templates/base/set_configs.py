#!/usr/bin/python3
"""Puts the configuration of a container into place before its service starts.

The deployment mounts a directory with config.json, which says what becomes of
the files beside it, and which command the container runs:

    command         the command, left in /run_command for kolla_start
    config_files    what to copy: source (a pattern), dest (below it, if it ends
                    in "/"), owner, perm; optional, merge, preserve_properties
    directories     what to create: path, owner, perm
    files           likewise, created empty
    permissions     what to change: path (a pattern), owner, perm; recurse, exclude

With KOLLA_CONFIG_STRATEGY=COPY_ALWAYS that happens at each start, with COPY_ONCE
at the first one only. With --check nothing is changed: the exit code tells whether
the copies still are what a start would make of them.
"""

import argparse
import filecmp
import glob
import grp
import json
import os
import pwd
import re
import shutil
import stat
import sys

CONFIG = "/var/lib/kolla/config_files/config.json"
CONFIGURED = "/configured"
RUN_COMMAND = "/run_command"


class Error(Exception):
    """Something that the deployment has to mend; the text says what."""


def load():
    """Returns config.json, or what stands in its place in the environment."""
    text = os.environ.get("KOLLA_CONFIG")
    where = "KOLLA_CONFIG"
    try:
        if text is None:
            where = os.environ.get("KOLLA_CONFIG_FILE", CONFIG)
            with open(where, encoding="utf-8") as file:
                text = file.read()
        config = json.loads(text)
    except (OSError, ValueError) as error:
        raise Error(f"failed to read {where}: {error}") from error

    if not isinstance(config, dict):
        raise Error(f"{where}: an object is expected")
    require(config, where, "command")
    for entry in entries(config, "config_files"):
        require(entry, "config_files", "source", "dest")
        if not entry.get("preserve_properties"):
            require(entry, "config_files", "owner", "perm")
    for section in ("directories", "files"):
        for entry in entries(config, section):
            require(entry, section, "path", "owner", "perm")
    for entry in entries(config, "permissions"):
        require(entry, "permissions", "path", "owner")
    return config


def entries(config, section):
    found = config.get(section, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise Error(f"{section}: a list of objects is expected")
    return found


def require(entry, where, *keys):
    for key in keys:
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise Error(f"{where}: {key!r} is missing in {json.dumps(entry)}")


class Properties:
    """The owner, group and mode that an entry asks for; None leaves one alone."""

    def __init__(self, entry):
        self.uid = self.gid = self.mode = None
        if entry.get("preserve_properties"):
            return
        user, _, group = entry["owner"].partition(":")
        try:
            self.uid = int(user) if user.isdigit() else pwd.getpwnam(user).pw_uid
            if group:
                self.gid = int(group) if group.isdigit() else grp.getgrnam(group).gr_gid
            else:
                self.gid = pwd.getpwuid(self.uid).pw_gid
        except KeyError as error:
            raise Error(f"owner {entry['owner']!r}: no such user or group") from error
        if "perm" in entry:
            try:
                self.mode = int(entry["perm"], base=8)
            except ValueError as error:
                raise Error(f"perm {entry['perm']!r}: an octal mode is expected") from error

    def mode_of(self, path):
        """A directory can be entered by whoever may read the files in it."""
        if os.path.isdir(path):
            return self.mode | (self.mode & 0o444) >> 2
        return self.mode

    def apply(self, path):
        if self.uid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        if self.mode is not None and not os.path.islink(path):
            os.chmod(path, self.mode_of(path))

    def match(self, path, source):
        if self.uid is None:
            source = os.lstat(source)
            uid, gid, mode = source.st_uid, source.st_gid, stat.S_IMODE(source.st_mode)
        else:
            uid, gid, mode = self.uid, self.gid, self.mode_of(path)
        found = os.lstat(path)
        return (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (uid, gid, mode)


def copies(entry):
    """Yields the pairs of source and destination that an entry of config_files means."""
    sources = sorted(glob.glob(entry["source"]))
    if not sources and not entry.get("optional"):
        raise Error(f"{entry['source']}: no such file, and it is not optional")
    for source in sources:
        dest = entry["dest"]
        if dest.endswith("/"):
            dest = os.path.join(dest, os.path.basename(source.rstrip("/")))
        yield source, dest


def tree(source, dest):
    """Yields source and dest, and every pair below them, parents first."""
    yield source, dest
    if os.path.isdir(source):
        for name in sorted(os.listdir(source)):
            yield from tree(os.path.join(source, name), os.path.join(dest, name))


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def copy(entry):
    properties = Properties(entry)
    for source, dest in copies(entry):
        print(f"Copying {source} to {dest}")
        if not entry.get("merge"):
            remove(dest)
        os.makedirs(os.path.dirname(dest) or "/", exist_ok=True)
        for one, other in tree(source, dest):
            if os.path.isdir(one):
                os.makedirs(other, exist_ok=True)
            else:
                remove(other)
                shutil.copyfile(one, other)
            if entry.get("preserve_properties"):
                found = os.stat(one)
                os.chown(other, found.st_uid, found.st_gid)
                shutil.copystat(one, other)
            else:
                properties.apply(other)


def check(config):
    """Raises an Error for the first thing that a start would change."""
    with open(RUN_COMMAND, encoding="utf-8") as file:
        if file.read() != config["command"]:
            raise Error(f"{RUN_COMMAND} is not the command of config.json")
    for entry in entries(config, "config_files"):
        properties = Properties(entry)
        for source, dest in copies(entry):
            check_copy(source, dest, properties)
            if not entry.get("merge"):
                wanted = {other for _, other in tree(source, dest)}
                for found, _ in tree(dest, dest):
                    if found not in wanted:
                        raise Error(f"{found} is not in {source}")


def check_copy(source, dest, properties):
    for one, other in tree(source, dest):
        if not os.path.exists(other):
            raise Error(f"{other} does not exist")
        if os.path.isdir(one) != os.path.isdir(other):
            raise Error(f"{other} is of another type than {one}")
        if not os.path.isdir(one) and not filecmp.cmp(one, other, shallow=False):
            raise Error(f"{other} differs from {one}")
        if not properties.match(other, one):
            raise Error(f"{other} has another owner or mode than config.json says")


def create(entry, section):
    path = entry["path"]
    if glob.has_magic(path):
        raise Error(f"{section}: {path}: a pattern cannot be created")
    if section == "directories":
        os.makedirs(path, exist_ok=True)
    elif os.path.islink(path) or os.path.isdir(path):
        raise Error(f"{section}: {path} is there and is not a file")
    else:
        with open(path, "a", encoding="utf-8"):
            pass
    Properties(entry).apply(path)


def permit(entry):
    properties = Properties(entry)
    excludes = [re.compile(pattern) for pattern in entry.get("exclude", [])]
    for path in sorted(glob.glob(entry["path"])):
        for found, _ in tree(path, path) if entry.get("recurse") else [(path, path)]:
            if not any(pattern.search(found) for pattern in excludes):
                properties.apply(found)


def configure(config):
    strategy = os.environ.get("KOLLA_CONFIG_STRATEGY")
    if strategy not in ("COPY_ALWAYS", "COPY_ONCE"):
        raise Error(f"KOLLA_CONFIG_STRATEGY is {strategy!r}: COPY_ALWAYS or COPY_ONCE is expected")
    if strategy == "COPY_ONCE" and os.path.exists(CONFIGURED):
        print("Keeping the configuration of the first start, as COPY_ONCE says")
        return
    for entry in entries(config, "config_files"):
        copy(entry)
    for section in ("directories", "files"):
        for entry in entries(config, section):
            create(entry, section)
    for entry in entries(config, "permissions"):
        permit(entry)
    with open(RUN_COMMAND, "w", encoding="utf-8") as file:
        file.write(config["command"])
    with open(CONFIGURED, "w", encoding="utf-8"):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare instead of copying")
    arguments = parser.parse_args()
    try:
        config = load()
        if arguments.check:
            check(config)
        else:
            configure(config)
    except (Error, OSError) as error:
        sys.exit(f"kolla_set_configs: {error}")


if __name__ == "__main__":
    main()
