"""Renders with the Python tool: oracle.py TREE, with jobs as JSON on standard input.

    {"parallel": 2, "jobs": [{"arguments": [...], "environment": {...}, "result": "FILE"}, ...]}

Each job runs in a child process of its own, since the tool is not made to run twice in one. Its
result is a file, gzipped JSON:

    {"error": "KeyError: 'x'" or null, "resolved": {option: value}, "entries": see contexts.read}
"""

import gzip
import json
import os
import sys
import tempfile
import traceback

import jinja2

import contexts
import pythontool


class SharedBytecode(jinja2.FileSystemBytecodeCache):
    """Compiled templates, shared by all jobs.

    Nine tenths of the tool's time go into compiling macros.j2 once for every image. The cache is a
    feature of Jinja2, and knows a template by its name and its source alone: where it was loaded
    from makes no difference to what it renders.
    """

    def get_cache_key(self, name, filename=None):
        return super().get_cache_key(name)


def share_bytecode(folder):
    cache = SharedBytecode(folder)
    plain = jinja2.Environment.__init__

    def init(self, *args, **options):
        options.setdefault("bytecode_cache", cache)
        plain(self, *args, **options)

    jinja2.Environment.__init__ = init


def render(tool, job, scratch):
    """Does one job, in a process that may be spoiled by it."""
    result = {"error": None, "entries": {}}
    os.environ.update(job["environment"])
    silence()
    try:
        result["entries"] = contexts.read(tool.render(job["arguments"], os.path.join(scratch, "work")))
    except SystemExit as error:
        if error.code:
            result["error"] = f"it ended with {error.code}"
    except Exception as error:  # whatever a template or an option brings about is a result
        result["error"] = traceback.format_exception_only(error)[-1].strip()
    result["resolved"] = tool.resolved()
    write(job["result"], result)


def silence():
    """Sends the tool's log nowhere: what counts is in the result."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def write(path, result):
    temporary = f"{path}.{os.getpid()}"
    with gzip.open(temporary, "wt", encoding="utf-8", errors="surrogateescape") as file:
        json.dump(result, file)
    os.replace(temporary, path)


def start(tool, job, folder):
    """Starts a job and returns the id of its process."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            render(tool, job, scratch)
        code = 0
    except BaseException:  # a child must not come back to the loop of its parent
        traceback.print_exc()
    os._exit(code)


def main():
    tree, request = sys.argv[1], json.load(sys.stdin)
    tool = pythontool.load(tree)
    running = set()
    failed = False
    with tempfile.TemporaryDirectory(prefix="kolla-oracle-") as folder:
        compiled = os.path.join(folder, "compiled")
        os.mkdir(compiled)
        share_bytecode(compiled)
        for job in request["jobs"]:
            while len(running) >= request["parallel"]:
                failed |= ended(running)
            running.add(start(tool, job, folder))
        while running:
            failed |= ended(running)
    sys.exit(1 if failed else 0)


def ended(running):
    """Waits for one child, and tells whether it has failed to write a result."""
    child, status = os.wait()
    running.discard(child)
    return status != 0


if __name__ == "__main__":
    main()
