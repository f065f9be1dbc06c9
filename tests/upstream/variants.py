"""What is rendered: the options that both tools are given, and the files that go with them."""

import dataclasses
import glob
import hashlib
import json
import os
import re

import trees

HERE = os.path.dirname(os.path.realpath(__file__))

RPM = {"centos", "rocky", "fedora", "oraclelinux", "rhel"}

# Overrides that are about the language alone are rendered for one distro.
LANGUAGE_BASE = "debian"
LANGUAGE = {"dynamic", "environment", "filters", "loops", "macros", "methods", "plain", "scopes"}

# Overrides that go with other options.
NOT_ALONE = {"users", "joined-1", "joined-2", "joined-cut", "left-out"}

OTHER_TAGS = {"centos": "stream10", "rocky": "10", "debian": "sid", "ubuntu": "24.04"}


def here(*parts):
    return os.path.join(HERE, *parts)


@dataclasses.dataclass
class Variant:
    """One call of both tools."""

    name: str
    base: str
    kind: str  # the architecture; in 2016 the type
    arguments: list = dataclasses.field(default_factory=list)
    config: str = ""
    environment: dict = dataclasses.field(default_factory=dict)
    may_fail: bool = False  # the Python tool may refuse it: then ours has to refuse it too
    on_purpose: str = ""  # why ours may differ

    @property
    def label(self):
        return f"{self.base}/{self.kind} {self.name}"

    def finish(self, common):
        """Puts what all variants have in common before the arguments, the configuration included."""
        text = self.config if self.config.startswith("[") else f"[DEFAULT]\n{self.config}"
        self.arguments = ["--config-file", stored(text, ".conf"), "--base", self.base, *common, *self.arguments]
        return self

    def digest(self):
        """Returns a digest of all that the outcome depends on, but for the tree and the tools."""
        words = self.arguments + re.split(r"[\s=,]+", self.config)
        inputs = {word: contents(word) for word in words if os.path.isabs(word)}
        return digest(json.dumps([self.arguments, self.environment, inputs], sort_keys=True))


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def contents(path):
    """Returns the files at or below a path, with digests."""
    found = {}
    for name in [path, *glob.glob(path + "/**", recursive=True)]:
        if os.path.isfile(name):
            with open(name, "rb") as file:
                found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def stored(text, suffix):
    """Returns the path of a file with this text, under a name that stays the same."""
    path = os.path.join(trees.cache("inputs"), digest(text)[:16] + suffix)
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return path


def of(tree):
    """Returns all variants of a tree."""
    return list(mitaka() if tree.mitaka else today(tree))


def quick(variants):
    """Keeps the first variant of each distro."""
    first = {}
    for variant in variants:
        first.setdefault(variant.base, variant)
    return list(first.values())


def today(tree):
    for base in tree.bases():
        for arch in ("x86_64", "aarch64"):
            for name, variant in todays_options(tree, base, arch).items():
                common = ["--base-arch", arch]
                if name != "buildable":
                    common.append("--enable-unbuildable")
                yield Variant(name, base, arch, **variant).finish(common)


def todays_options(tree, base, arch):
    """Returns {name: fields of Variant} for one distro and architecture."""
    found = {
        "default": {},
        "repos-yaml": {"arguments": ["--repos-yaml", mirrored(tree)]},
        "repos-yaml-partial": {"arguments": ["--repos-yaml", here("data/repos.yaml")], "may_fail": True},
        "buildable": {},
        "override lists": overriding("lists"),
        "base-tag": {"arguments": ["--base-image", "mirror.example/base", "--base-tag", OTHER_TAGS[base]]},
    }
    if arch == "x86_64":
        found |= todays_names() | todays_contents(tree, base) | todays_releases(tree)
        found |= todays_overrides(base)
        if base == LANGUAGE_BASE:
            found |= todays_failures()
    return found


def todays_names():
    return {
        "names": {"arguments": ["--registry", "registry.example:5000", "--namespace", "team/kolla", "--tag", "1.2-3"]},
        "prefix": {"arguments": ["--image-name-prefix", "acme-"]},
        "maintainer": {"config": 'maintainer = Ops "Team" <ops@example.org>\n'},
        "regex": {"arguments": ["^keystone$", "neutron-server"]},
        "debian-arch": {"arguments": ["--debian-arch", "arm64"]},
    }


def todays_contents(tree, base):
    found = {
        "no-dumb-init": {"arguments": ["--nouse-dumb-init"]},
        "no-healthchecks": {"arguments": ["--nodocker-healthchecks"]},
        "keep-package-cache": {"config": "clean_package_cache = false\n"},
        "package-manager": {"config": "distro_package_manager = microdnf\n"},
        "proxy": {"environment": {"http_proxy": "http://proxy.example:3128", "no_proxy": "localhost"}},
        "users": {"config": "[nova-user]\nuid = 1001\ngid = 1002\n[hacluster-user]\ngroup = cluster\n"},
        "unknown-user": {"config": "[extra-user]\nuid = 2001\ngid = 2002\n"
                                   "[other-user]\nuid = 3\ngid = 4\ngroup = others\n",
                         "arguments": ["--template-override", here("overrides/users.j2")], "may_fail": True},
    }
    if "get_user_opts(" not in tree.read("kolla/image/kolla_worker.py"):
        found["unknown-user"]["on_purpose"] = "ours takes users that the tool does not know, as later releases do"
    if tree.knows("patches-path"):
        found["patches"] = {"arguments": ["--patches-path", here("data/patches")]}
        found["patches-missing"] = {"arguments": ["--patches-path", here("data/patches-missing")],
                                    "on_purpose": "ours refuses a series that names a patch which is not there"}
    if base in RPM:
        found["rpm-setup"] = {"config": "rpm_setup_config = https://example.org/a/one.repo,two.repo,"
                                        "https://example.org/three.rpm,four.rpm\n"}
        found["rpm-setup-empty"] = {"config": "rpm_setup_config = one.repo,,four.rpm, ,\n"}
    else:
        found["apt-files"] = {"config": f"apt_sources_list = {here('data/sources.list')}\n"
                                        f"apt_preferences = {here('data/apt_preferences')}\n"}
    return found


def todays_releases(tree):
    found = {
        "release": {"arguments": ["--openstack-release", "2023.2-eol"]},
        "release-master": {"arguments": ["--openstack-release", "master"]},
        "branch": {"arguments": ["--openstack-branch", "team-branch-1"]},
        "branch-slashed": {"arguments": ["--openstack-branch-slashed", "team/branch-1"]},
    }
    if tree.knows("openstack-release-codename"):
        found["codename"] = {"arguments": ["--openstack-release-codename", "Zed"]}
    return found


def overriding(*names, folder="overrides"):
    arguments = []
    for name in names:
        arguments += ["--template-override", here(folder, f"{name}.j2")]
    return {"arguments": arguments}


def todays_overrides(base):
    found = {}
    for name in names_in("overrides"):
        if name not in NOT_ALONE and (base == LANGUAGE_BASE or name not in LANGUAGE):
            found[f"override {name}"] = overriding(name)
    found["overrides joined"] = overriding("joined-1", "joined-2", "lists", "nested")
    found["overlay"] = {"arguments": ["--docker-dir", here("overlay")]}
    found["overlays"] = {"arguments": ["--docker-dir", here("overlay"), "--docker-dir", here("overlay2"),
                                       "--template-override", here("overrides/blocks.j2")]}
    return found


def todays_failures():
    """Overrides that go wrong, at least with some trees."""
    found = {name: overriding(name, folder="fails") for name in names_in("fails")}
    found["joined-twice"] = overriding("blocks", "scopes")
    found["joined-cut"] = overriding("joined-1", "joined-cut")
    found["missing-file"] = overriding("no-such-file", folder="fails")
    found["left-out"] = overriding("left-out") | {"on_purpose": "ours refuses the filter urlize"}
    return {f"fails {name}": variant | {"may_fail": True} for name, variant in found.items()}


def names_in(folder):
    return sorted(os.path.basename(path).removesuffix(".j2") for path in glob.glob(here(folder, "*.j2")))


def mirrored(tree):
    """Returns a file of repositories made of the tree's own: with other locations, several keys and several locations.

    It is a change of text, so that comments, quotes and the order of the tree's file stay.
    """
    text = tree.read("kolla/template/repos.yaml")
    text = re.sub(r'(: "|^ +)https?://', r"\1https://mirror.example/", text, flags=re.MULTILINE)
    text = re.sub(r'^(  \S+: ")([^"/]+)"$', r'\1mirror-\2"', text, flags=re.MULTILINE)
    text = re.sub(r'^    gpgkey: "(.*)"$', r"    gpgkey: |\n      \1\n      https://mirror.example/second.asc", text,
                  flags=re.MULTILINE)
    text = re.sub(r'^    suite: "stable"$', "    suite: 'other'", text, flags=re.MULTILINE)
    return stored(text, ".yaml")


def mitaka():
    for base in ("centos", "fedora", "oraclelinux", "rhel", "ubuntu", "debian"):
        for kind in ("binary", "source", "rdo", "rhos") if base in RPM else ("binary", "source"):
            for name, variant in mitakas_options(base).items():
                yield Variant(name, base, kind, **variant).finish(["--type", kind])


def mitakas_options(base):
    header, footer = (["--include-header", here("data/header")], ["--include-footer", here("data/footer")])
    found = {
        "default": {},
        "names": {"arguments": ["--registry", "registry.example:5000", "--namespace", "team", "--tag", "1.2-3"]},
        "base-tag": {"arguments": ["--base-tag", "7.2"]},
        "maintainer": {"config": "maintainer = Ops Team <ops@example.org>\n"},
        "header": {"arguments": header},
        "footer": {"arguments": footer},
        "header and footer": {"arguments": header + footer},
        "header missing": {"arguments": ["--include-header", here("data/no-such-file")], "may_fail": True},
    }
    if base in RPM:
        found["rpm-setup"] = {"config": "rpm_setup_config = https://example.org/a/one.repo,two.repo,"
                                        "https://example.org/three.rpm,four.rpm\n"}
    else:
        found["apt-files"] = {"config": f"apt_sources_list = {here('data/sources.list')}\n"
                                        f"apt_preferences = {here('data/apt_preferences')}\n"}
    return found
