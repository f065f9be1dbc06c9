#!/bin/sh
# Asked by packages that would start their daemon once installed: not in an image.
exit 101
