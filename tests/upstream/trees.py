"""Trees of Kolla, exported from its repository into a cache."""

import os
import re
import shutil
import subprocess
import tempfile

TAR = ["tar", "--extract", "--no-same-owner", "--directory"]


def cache(*parts):
    """Returns a folder of ours in the user's cache."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(root, "kolla-build-upstream", *parts)
    os.makedirs(folder, exist_ok=True)
    return folder


class Tree:
    """One commit of Kolla, exported without its history."""

    def __init__(self, name, commit, path):
        self.name = name      # the branch or tag, as the user calls it
        self.commit = commit
        self.path = path
        self.mitaka = not os.path.exists(os.path.join(path, "kolla/image/build.py"))

    @property
    def templates(self):
        """The folder of templates; it moved into the package in 2026."""
        inside = os.path.join(self.path, "kolla/docker")
        return inside if os.path.isdir(inside) else os.path.join(self.path, "docker")

    def read(self, path):
        """Returns the text of a file of the tree, empty if it is not there."""
        try:
            with open(os.path.join(self.path, path), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def knows(self, option):
        """Tells whether the tool of this tree has an option."""
        return re.search(rf"Opt\(\s*'{re.escape(option)}'", self.read("kolla/common/config.py")) is not None

    def bases(self):
        """Returns the distros that the tool of this tree has templates for."""
        listed = re.search(r"BASE_OS_DISTRO = \[(.*?)\]", self.read("kolla/common/config.py"))
        if listed:
            return re.findall(r"'(\w+)'", listed.group(1))
        return ["centos", "debian", "fedora", "oraclelinux", "rhel", "ubuntu"]


def export(repository, name):
    """Exports a branch or tag, unless the cache has it already."""
    commit = resolve(repository, name)
    folder = os.path.join(cache("trees"), commit)
    if not os.path.isdir(folder):
        temporary = tempfile.mkdtemp(dir=cache("trees"))
        archive = subprocess.Popen([*git(repository), "archive", commit], stdout=subprocess.PIPE)
        subprocess.run([*TAR, temporary], stdin=archive.stdout, check=True)
        if archive.wait() != 0:
            shutil.rmtree(temporary)
            raise SystemExit(f"failed to export {name} from {repository}")
        os.chmod(temporary, 0o755)
        os.rename(temporary, folder)
    return Tree(name, commit, folder)


def resolve(repository, name):
    """Returns the commit of a branch or tag, also where only a remote has the branch."""
    for candidate in (name, f"origin/{name}"):
        found = subprocess.run([*git(repository), "rev-parse", "--verify", "--quiet", "--end-of-options",
                                candidate + "^{commit}"], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.strip()
    raise SystemExit(f"{repository} has no branch or tag {name}: name others, or fetch it")


def git(repository):
    # The repository may be somebody else's, and is only read.
    return ["git", "-c", "safe.directory=*", "-C", repository]
