#!/usr/bin/env python3
"""Enables the dashboards of services as a deployment says.

For each of DASHBOARDS there is a variable, such as ENABLE_HEAT=yes. What its module
offers is then linked into openstack_dashboard/local/enabled, or taken out of there, and
its policies are copied to where horizon looks for policies. Prints what it changes.
"""
import importlib.util
import os
import pathlib
import shutil
import sys

POLICIES = pathlib.Path("/etc/openstack-dashboard")

DASHBOARDS = {
    "BLAZAR": "blazar_dashboard",
    "CLOUDKITTY": "cloudkittydashboard",
    "DESIGNATE": "designatedashboard",
    "FWAAS": "neutron_fwaas_dashboard",
    "HEAT": "heat_dashboard",
    "IRONIC": "ironic_ui",
    "MAGNUM": "magnum_ui",
    "MANILA": "manila_ui",
    "MASAKARI": "masakaridashboard",
    "MISTRAL": "mistraldashboard",
    "NEUTRON_VPNAAS": "neutron_vpnaas_dashboard",
    "OCTAVIA": "octavia_dashboard",
    "TACKER": "tacker_horizon",
    "TROVE": "trove_dashboard",
    "WATCHER": "watcher_dashboard",
}


def folder(module):
    """Returns the folder of a module, or None if the image does not have it."""
    spec = importlib.util.find_spec(module)
    return pathlib.Path(spec.submodule_search_locations[0]) if spec else None


def enable(dashboard, local):
    """Links panels and settings, and copies policies that are not there yet."""
    for kind in "enabled", "local_settings.d":
        for source in panels(dashboard, kind):
            link = local / kind / source.name
            if not link.exists():
                link.unlink(missing_ok=True)
                link.symlink_to(source)
                print(f"enabled {source}")
    for source in sorted((dashboard / "conf").rglob("*.*")):
        if source.suffix not in (".json", ".yaml"):
            continue
        target = POLICIES / source.relative_to(dashboard / "conf")
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
            print(f"copied {target}")


def disable(dashboard, local):
    """Takes the panels and settings of a dashboard out again."""
    for kind in "enabled", "local_settings.d":
        for source in panels(dashboard, kind):
            link = local / kind / source.name
            if link.is_symlink() and link.readlink() == source:
                link.unlink()
                print(f"disabled {source}")


def panels(dashboard, kind):
    """Returns the files that a dashboard has for a folder of horizon's."""
    return sorted([*dashboard.glob(f"{kind}/_[0-9]*.py"), *dashboard.glob(f"local/{kind}/_[0-9]*.py")])


def main():
    local = folder("openstack_dashboard") / "local"
    for name, module in DASHBOARDS.items():
        dashboard = folder(module)
        wanted = os.environ.get(f"ENABLE_{name}", "no") == "yes"
        if dashboard is not None:
            (enable if wanted else disable)(dashboard, local)
        elif wanted:
            print(f"This image has no {module}, which ENABLE_{name} asks for", file=sys.stderr)


main()
