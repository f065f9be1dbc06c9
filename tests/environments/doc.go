// Package environments runs the program in the containers that CI jobs run in.
//
// Each row of the table is a container with the defaults of a platform: its
// capabilities, seccomp profile, mounts, user and user namespace, as an OCI runtime
// specification of our own that runc runs. In each, a tree of images is built by one
// command, pushed by a second, and found unchanged by a third; so is a tree without RUN.
// What reaches the registry must be the same everywhere, entry by entry.
//
// "make test" runs a few of the rows, "make environments" all of them, and writes the
// table into docs/environments.md. Both need root, since runc does.
package environments
