#!/usr/bin/python3 -I
"""Puts the configuration of a container into place before its service starts.

The deployment mounts a directory with config.yaml or config.json, which says what
becomes of the files beside it, and which command the container runs:

    command         the command, left in /run_command for kolla_start
    directories     what to create: path, owner, perm
    files           likewise, created empty
    config_files    what to copy: source (a pattern), dest (below it, if it ends
                    in "/"), owner, perm; optional, merge, preserve_properties
    permissions     what to change: path (a pattern), owner, perm; recurse, exclude

With KOLLA_CONFIG_STRATEGY=COPY_ALWAYS that happens at each start, with COPY_ONCE
at the first one only. What the image had in the place of a copy is kept below
/etc/kolla/defaults and comes back at the next start, so that a file which the
deployment no longer brings leaves no trace.

With --check nothing is changed: the exit code tells whether a start would change
anything.

Services run this as root, by sudo, so nothing that a service controls may decide what
it does: the configuration is read from its directory alone, and the interpreter runs
isolated (-I), without PYTHON* variables, user site-packages or the current directory.
"""

import argparse
import contextlib
import errno
import filecmp
import fnmatch
import glob
import grp
import json
import os
import pwd
import re
import shutil
import stat
import sys

CONFIG_FILES = "/var/lib/kolla/config_files"
CONFIGURED = "/configured"
DEFAULTS = "/etc/kolla/defaults"
RUN_COMMAND = "/run_command"

# Whose links lead to where a file is meant to go: a service may not choose for us, who
# are root, what to change.
TRUSTED = {0, os.geteuid()}

COPY_KEYS = {"source", "dest", "owner", "perm", "optional", "merge", "preserve_properties"}


class Error(Exception):
    """Something that the deployment has to mend; the text says what."""


def load():
    """Returns the configuration of the directory that the deployment mounts."""
    where = config_file()
    try:
        with open(where, encoding="utf-8") as file:
            config = parse(file.read(), where)
    except (OSError, ValueError) as error:
        raise Error(f"failed to read {where}: {error}") from error
    validate(config, where)
    return config


def config_file():
    yaml_file = os.path.join(CONFIG_FILES, "config.yaml")
    if os.path.exists(yaml_file):
        return yaml_file
    return os.path.join(CONFIG_FILES, "config.json")


def parse(text, where):
    if not where.endswith((".yaml", ".yml")):
        return json.loads(text)
    try:
        import yaml
    except ImportError as error:
        raise Error(f"{where}: this image has no python3-yaml; use config.json") from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(error) from error


def validate(config, where):
    if not isinstance(config, dict):
        raise Error(f"{where}: an object is expected")
    require(config, where, "command")
    for entry in entries(config, "config_files"):
        require(entry, "config_files", "source", "dest")
        if not entry.get("preserve_properties"):
            require(entry, "config_files", "owner", "perm")
        for key in entry:
            if key not in COPY_KEYS:
                raise Error(f"config_files: unknown key {key!r} in {json.dumps(entry)}")
    for section in ("directories", "files"):
        for entry in entries(config, section):
            require(entry, section, "path", "owner", "perm")
    for entry in entries(config, "permissions"):
        require(entry, "permissions", "path", "owner")
        if not isinstance(entry.get("exclude") or [], list):
            raise Error(f"permissions: 'exclude' has to be a list, and is not in {json.dumps(entry)}")


def entries(config, section):
    found = config.get(section)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise Error(f"{section}: a list of objects is expected")
    return found


def require(entry, where, *keys):
    for key in keys:
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise Error(f"{where}: {key!r} has to be a text, and is not in {json.dumps(entry)}")


@contextlib.contextmanager
def place(path):
    """Gives another name to path that leads there through an open directory. So a service
    that owns a directory above cannot put a link in its place meanwhile; and one that it
    has put there before is an error."""
    opened = [os.open("/", os.O_PATH | os.O_DIRECTORY)]
    try:
        name = os.path.basename(path.rstrip("/"))
        parts = os.path.dirname(os.path.abspath(path)).split("/")
        links = 0
        while parts:
            part = parts.pop(0)
            if part in ("", "."):
                continue
            opened.append(os.open(part, os.O_PATH | os.O_NOFOLLOW, dir_fd=opened[-1]))
            found = os.fstat(opened[-1])
            if not stat.S_ISLNK(found.st_mode):
                continue
            links += 1
            if links > 40:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            if found.st_uid not in TRUSTED:
                raise PermissionError(errno.EPERM, f"the link {part} above belongs to a service", path)
            target = os.readlink("", dir_fd=opened[-1])
            os.close(opened.pop())
            if target.startswith("/"):
                opened.append(os.open("/", os.O_PATH | os.O_DIRECTORY))
            parts = target.split("/") + parts
        yield f"/proc/self/fd/{opened[-1]}/{name}"
    finally:
        for file in opened:
            os.close(file)


@contextlib.contextmanager
def fixed(path):
    """Gives another name to what path is now, link or not, and its type."""
    with place(path) as path:
        file = os.open(path, os.O_PATH | os.O_NOFOLLOW)
        try:
            yield f"/proc/self/fd/{file}", os.fstat(file).st_mode
        finally:
            os.close(file)


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
        if entry.get("perm") is not None:
            if not re.fullmatch("(0o)?[0-7]{3,4}", str(entry["perm"])):
                raise Error(f"perm {entry['perm']!r}: an octal mode of three or four digits is expected")
            self.mode = int(entry["perm"], base=8)

    def mode_of(self, kind):
        """A directory can be entered by whoever may read the files in it."""
        if stat.S_ISDIR(kind):
            return self.mode | (self.mode & 0o444) >> 2
        return self.mode

    def apply(self, path):
        """Links are not followed: their owner might lead us, who are root, anywhere."""
        with fixed(path) as (found, kind):
            if self.uid is not None:
                os.chown(found, self.uid, self.gid)
            if self.mode is not None and not stat.S_ISLNK(kind):
                os.chmod(found, self.mode_of(kind))

    def match(self, path, source):
        if self.uid is None:
            source = os.lstat(source)
            uid, gid, mode = source.st_uid, source.st_gid, stat.S_IMODE(source.st_mode)
        else:
            uid, gid, mode = self.uid, self.gid, self.mode_of(os.stat(path).st_mode)
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
            # As in rsync, "dir/" is what the directory holds: it goes to dest itself.
            dest = os.path.join(dest, os.path.basename(source))
        yield source.rstrip("/") or "/", dest.rstrip("/") or "/"


def tree(source, dest):
    """Yields source and dest, and every pair below them, parents first."""
    yield source, dest
    if os.path.isdir(source):
        for name in sorted(os.listdir(source)):
            yield from tree(os.path.join(source, name), os.path.join(dest, name))


def below(path):
    """Yields path and everything below it, parents first. Links to directories are not
    entered: their owner may be a service, and what they lead to another's."""
    yield path
    if os.path.isdir(path) and not os.path.islink(path):
        for name in sorted(os.listdir(path)):
            yield from below(os.path.join(path, name))


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def replace(source, dest, keep_link=False):
    """Puts a copy of one file or directory, without what is in it, in the place of dest."""
    with place(dest) as dest:
        if keep_link and os.path.islink(source):
            remove(dest)
            os.symlink(os.readlink(source), dest)
        elif os.path.isdir(source):
            if not os.path.isdir(dest):
                remove(dest)
                os.mkdir(dest, 0o755)
        else:
            remove(dest)
            # Nobody reads it until its owner and mode are set.
            with open(source, "rb") as content, open(dest, "xb", opener=private) as file:
                shutil.copyfileobj(content, file)


def private(path, flags):
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def copy(entry):
    properties = Properties(entry)
    for source, dest in copies(entry):
        print(f"Copying {source} to {dest}")
        os.makedirs(os.path.dirname(dest) or "/", exist_ok=True)
        if not entry.get("merge"):
            with place(dest) as placed:
                remove(placed)
        for one, other in tree(source, dest):
            preserve = entry.get("preserve_properties")
            replace(one, other, keep_link=preserve and entry.get("merge"))
            if os.path.islink(other):
                continue
            if preserve:
                preserve_properties(one, other)
            else:
                properties.apply(other)


def preserve_properties(source, dest):
    found = os.stat(source)
    with fixed(dest) as (copied, _):
        os.chown(copied, found.st_uid, found.st_gid)
        shutil.copystat(source, copied)


class Defaults:
    """What the image had in the places of copies: by path, None for nothing."""

    def __init__(self):
        self.file = os.path.join(DEFAULTS, "state")
        self.kept = {}
        try:
            with open(self.file, encoding="utf-8") as file:
                self.kept = {path: entry["dest"] for path, entry in json.load(file).items()}
        except FileNotFoundError:
            pass
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Error(f"failed to read {self.file}: {error}") from error

    def restore(self):
        for path, kept in self.kept.items():
            with contextlib.suppress(FileNotFoundError, NotADirectoryError), place(path) as placed:
                remove(placed)
            if kept is not None:
                self.transfer(kept, path)

    def keep(self, config):
        """Takes in what copies are about to change. To be called once restored."""
        for entry in entries(config, "config_files"):
            for source, dest in copies(entry):
                for path in self.changed(source, dest, entry.get("merge")):
                    self.keep_one(path)
        os.makedirs(DEFAULTS, exist_ok=True)
        state = {
            path: {"source": path, "preserve_properties": True, "dest": kept}
            for path, kept in self.kept.items()
        }
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump(state, file, indent=4)

    def changed(self, source, dest, merge):
        """Yields what a copy replaces. Of a merge that is files and new directories."""
        if not merge or not os.path.isdir(source) or not os.path.isdir(dest):
            yield dest
            return
        for name in sorted(os.listdir(source)):
            yield from self.changed(os.path.join(source, name), os.path.join(dest, name), merge)

    def keep_one(self, path):
        if path in self.kept:
            return
        self.kept[path] = None
        if os.path.lexists(path):
            self.kept[path] = os.path.join(DEFAULTS, path.lstrip("/"))
            remove(self.kept[path])
            self.transfer(path, self.kept[path])

    def transfer(self, source, dest):
        os.makedirs(os.path.dirname(dest), exist_ok=True)
        if os.path.islink(source):
            replace(source, dest, keep_link=True)
            return
        replace(source, dest)
        for name in os.listdir(source) if os.path.isdir(source) else []:
            self.transfer(os.path.join(source, name), os.path.join(dest, name))
        preserve_properties(source, dest)


def create(entry, section):
    path = entry["path"]
    if glob.has_magic(path):
        raise Error(f"{section}: {path}: a pattern cannot be created")
    if section == "directories":
        os.makedirs(path, exist_ok=True)
    elif os.path.islink(path) or os.path.isdir(path):
        raise Error(f"{section}: {path} is there and is not a file")
    else:
        with place(path) as placed, open(placed, "a", encoding="utf-8", opener=private):
            pass
    Properties(entry).apply(path)


def permit(entry):
    """A volume may be read-only, or refuse root: that is no reason not to start."""
    properties = Properties(entry)
    excludes = [re.compile(pattern) for pattern in entry.get("exclude") or []]
    for path in sorted(glob.glob(entry["path"])):
        for found in below(path) if entry.get("recurse") else [path]:
            if any(pattern.search(found) for pattern in excludes):
                continue
            try:
                properties.apply(found)
            except OSError as error:
                print(f"permissions: {error}", file=sys.stderr)


def configure(config):
    strategy = os.environ.get("KOLLA_CONFIG_STRATEGY")
    if strategy not in ("COPY_ALWAYS", "COPY_ONCE"):
        raise Error(f"KOLLA_CONFIG_STRATEGY is {strategy!r}: COPY_ALWAYS or COPY_ONCE is expected")
    if strategy == "COPY_ONCE" and os.path.exists(CONFIGURED):
        print("Keeping the configuration of the first start, as COPY_ONCE says")
        return
    for section in ("directories", "files"):
        for entry in entries(config, section):
            create(entry, section)
    defaults = Defaults()
    defaults.restore()
    defaults.keep(config)
    for entry in entries(config, "config_files"):
        copy(entry)
    for entry in entries(config, "permissions"):
        permit(entry)
    with open(RUN_COMMAND, "w", encoding="utf-8") as file:
        file.write(config["command"])
    # Whatever the umask: the service reads it as its own user.
    os.chmod(RUN_COMMAND, 0o644)
    with open(CONFIGURED, "w", encoding="utf-8"):
        pass


def check(config):
    """Raises an Error for the first thing that a start would change."""
    with open(RUN_COMMAND, encoding="utf-8") as file:
        if file.read() != config["command"]:
            raise Error(f"{RUN_COMMAND} is not the command of the configuration")
    copied, replaced = set(), []
    for entry in entries(config, "config_files"):
        properties = Properties(entry)
        for source, dest in copies(entry):
            check_copy(source, dest, properties)
            copied |= {other for _, other in tree(source, dest)}
            if not entry.get("merge"):
                replaced.append(dest)
    # Several entries may copy into one directory.
    for dest in replaced:
        for found in below(dest):
            if found not in copied:
                raise Error(f"{found} is in {dest}, and nothing that was copied there")
    for path in Defaults().kept:
        if path not in copied and not any(may_vanish(entry, path) for entry in entries(config, "config_files")):
            raise Error(f"{path} was copied by an earlier start, and is no longer asked for")


def may_vanish(entry, path):
    """Tells whether path is a copy of an optional file. That the deployment has taken
    such a file away is no reason to restart the service; the next start notices."""
    if not entry.get("optional"):
        return False
    dest = entry["dest"]
    if dest.endswith("/"):
        return fnmatch.fnmatch(path, os.path.join(dest, os.path.basename(entry["source"])))
    return path == dest


def check_copy(source, dest, properties):
    for one, other in tree(source, dest):
        if not os.path.lexists(other):
            raise Error(f"{other} does not exist")
        if os.path.islink(other) and os.path.islink(one):
            if os.readlink(one) != os.readlink(other):
                raise Error(f"{other} is another link than {one}")
            continue
        if os.path.isdir(one) != os.path.isdir(other):
            raise Error(f"{other} is of another type than {one}")
        if not os.path.isdir(one) and not filecmp.cmp(one, other, shallow=False):
            raise Error(f"{other} differs from {one}")
        if not properties.match(other, one):
            raise Error(f"{other} has another owner or mode than the configuration says")


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
    except (Error, OSError, re.error) as error:
        sys.exit(f"kolla_set_configs: {error}")


if __name__ == "__main__":
    main()
