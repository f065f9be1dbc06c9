#!/usr/bin/python3
"""Writes expected.json: what Python's Jinja2 makes of the cases.

lines/*.txt    the first line is the context as JSON, every other line that is
               neither empty nor begins with "##" is a template
scripts/*.txt  cases that begin with "=== name" and have sections that begin
               with "--- name": "context" (JSON), "objects" (JSON: name in the
               context -> template that is put there, in an environment of its
               own if there is a "!" before its name), "main" and other templates.
               A section is taken without its last line end. With "--- name
               json" it is a JSON string.
"""
import copy
import json
import pathlib

import jinja2
import jinja2.sandbox

HERE = pathlib.Path(__file__).parent


def outcome(templates, context, objects):
    """Renders main: its output, or the class and message of the exception."""
    def environment():
        return jinja2.sandbox.SandboxedEnvironment(loader=jinja2.DictLoader(templates))

    env, other = environment(), environment()
    try:
        context = copy.deepcopy(context)
        for name, template in objects.items():
            source = other if template.startswith("!") else env
            context[name] = source.get_template(template.lstrip("!"))
        return {"output": env.get_template("main").render(context)}
    except RecursionError:
        return {"error": "RecursionError"}
    except Exception as e:  # every class counts
        result = {"error": type(e).__name__, "message": str(getattr(e, "message", e))}
        if isinstance(e, jinja2.TemplateSyntaxError):
            result["line"] = e.lineno
        return result


def lines(path):
    first, *rest = path.read_text().split("\n")
    context = json.loads(first)
    for line in rest:
        if line and not line.startswith("##"):
            yield line, outcome({"main": line}, context, {})


def sections(text):
    found = {}
    for part in text.split("\n--- ")[1:]:
        head, _, body = part.partition("\n")
        name, *flags = head.split()
        found[name] = json.loads(body) if flags else body
    return found


def scripts(path):
    for case in ("\n" + path.read_text()).split("\n=== ")[1:]:
        name = case.split("\n", 1)[0]
        found = sections(case.rstrip("\n") if case.endswith("\n\n") else case.removesuffix("\n"))
        context = json.loads(found.pop("context", "{}"))
        objects = json.loads(found.pop("objects", "{}"))
        yield name, outcome(found, context, objects)


def main():
    expected = {}
    for folder, read in (("lines", lines), ("scripts", scripts)):
        for path in sorted((HERE / folder).glob("*.txt")):
            cases = list(read(path))
            expected[folder + "/" + path.name] = dict(cases)
            if len(expected[folder + "/" + path.name]) != len(cases):
                raise SystemExit(f"{path}: a case is there twice")
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    (HERE / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
