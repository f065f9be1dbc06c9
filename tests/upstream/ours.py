"""Renders with kolla-build, the program under test."""

import os
import subprocess

import contexts


def command(binary, tree, variant, resolved, folder):
    """Returns the command that renders a variant into folder.

    The Python tool lays --docker-dir over its own templates. Ours takes it instead of its own, so
    that the tree's templates are the first one.
    """
    arguments = [binary, "--template-only", "--work-dir", folder, "--docker-dir", tree.templates]
    for option, value in resolved.items():
        if f"--{option}" not in variant.arguments:
            arguments += [f"--{option}", value]
    return arguments + variant.arguments


def render(binary, tree, variant, resolved, environment, folder):
    """Renders a variant and returns what is there then, and the error, or None."""
    os.makedirs(folder)
    run = subprocess.run(command(binary, tree, variant, resolved, folder), env=environment, cwd=folder,
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if run.returncode != 0:
        return {}, run.stderr.strip() or f"it ended with {run.returncode}"
    return contexts.read(os.path.join(folder, "docker")), None
