"""Renders templates for TestAgainstPython.

Reads one JSON object: "context", and "cases", a list of objects that give names
their templates. Writes a list with the outcome of "main" of each:
[output, null] or [null, class of the exception].
"""
import copy
import json
import sys

import jinja2.sandbox


def outcome(env, templates, context):
    env.loader.mapping = templates
    env.cache.clear()
    try:
        return [env.get_template("main").render(copy.deepcopy(context)), None]
    except Exception as e:  # every class counts
        return [None, type(e).__name__]


def main():
    asked = json.load(sys.stdin)
    env = jinja2.sandbox.SandboxedEnvironment(loader=jinja2.DictLoader({}))
    json.dump([outcome(env, t, asked["context"]) for t in asked["cases"]], sys.stdout)


if __name__ == "__main__":
    main()
