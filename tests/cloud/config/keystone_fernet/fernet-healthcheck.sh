#!/bin/bash
test "$(stat --format=%U:%G /etc/keystone/fernet-keys/0)" = keystone:keystone
