#!/usr/bin/python3
"""Writes /etc/proxysql.cnf from what the deployment has put into /etc/proxysql:

    proxysql.yaml   all but the following
    users/*         the list mysql_users, a part of it in each file
    rules/*         the list mysql_query_rules, likewise

A service brings its users and rules itself, so two may bring the same: the first one,
by the names of the files, holds.
"""

import os
import sys

import yaml

SOURCE = "/etc/proxysql"
DEST = "/etc/proxysql.cnf"


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) or {}


def joined(folder, name):
    """Yields what the files of the folder have in the list of that name."""
    if os.path.isdir(folder):
        for file in sorted(os.listdir(folder)):
            yield from load(os.path.join(folder, file)).get(name, [])


def unique(items, identity):
    """Returns the items without those whose identity an earlier one has, or who have none."""
    found = {}
    for item in items:
        key = identity(item)
        if key is None or key in found:
            print(f"left out, it has no name or one that is taken: {item}", file=sys.stderr)
        else:
            found[key] = item
    return list(found.values())


def user_identity(user):
    return user.get("username")


def rule_identity(rule):
    for key in ("schemaname", "username"):
        if key in rule:
            return key, rule[key]
    return None


def setting(value):
    """Returns the value as libconfig writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        return "{ " + " ".join(f"{key} = {setting(item)};" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "(\n    " + ",\n    ".join(setting(item) for item in value) + "\n)"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def main():
    config = load(f"{SOURCE}/proxysql.yaml")
    config["mysql_users"] = unique(joined(f"{SOURCE}/users", "mysql_users"), user_identity)
    rules = unique(joined(f"{SOURCE}/rules", "mysql_query_rules"), rule_identity)
    config["mysql_query_rules"] = [{**rule, "rule_id": number} for number, rule in enumerate(rules, start=1)]
    text = "".join(f"{key} = {setting(value)}\n" for key, value in config.items())
    # In place: the service may write the file, and not its folder.
    with open(DEST, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
