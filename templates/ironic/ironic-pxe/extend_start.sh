# shellcheck shell=bash
# Sourced by kolla_extend_start.

# How in.tftpd finds a file that is asked for, with its folder, from the root or without
# either. The first rule that matches is the last.
cat > /map-file << EOF
re ^$TFTPBOOT_PATH/ $TFTPBOOT_PATH/
re ^/ $TFTPBOOT_PATH/
re ^([^/]) $TFTPBOOT_PATH/\\1
EOF
