#!/usr/bin/python3
"""Tells a deployment, in JSON, whether the fernet keys of this host are in order.

populated: there are as many as asked for. update_required: the key in question is
missing, or older than the time after which keys are rotated.
"""
import argparse
import json
import pathlib
import time

KEYS = pathlib.Path("/etc/keystone/fernet-keys")

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-t", "--time", type=int, required=True, help="seconds after which keys are rotated")
parser.add_argument("-n", "--number", type=int, required=True, help="how many keys there should be")
parser.add_argument("-f", "--filename", default="0", help="the key whose age counts")
arguments = parser.parse_args()

keys = {key.name: key.stat().st_mtime for key in KEYS.iterdir() if key.is_file()}
oldest_allowed = time.time() - arguments.time
print(json.dumps({
    "failed": False,
    "changed": False,
    "msg": {
        "populated": len(keys) >= arguments.number,
        "update_required": keys.get(arguments.filename, 0) < oldest_allowed,
    },
}))
