// Package buildahdriver builds container images from Dockerfiles without a
// daemon and without root, and pushes them to registries. It is the only package
// of kolla-build that knows buildah, containers/storage and containers/image,
// and can be used on its own.
//
// # Start of the process
//
// The libraries, and this package, start the running program again under other
// names: to untar a layer, to enter a user namespace, to run a command. So the
// first statements of main, and of every TestMain, are
//
//	if buildahdriver.Reexec() {
//		return
//	}
//
// and nothing of weight may happen before them, in init functions least of all.
// A program that wants to build then calls [EnterUserNamespace], which starts the
// program once more with the user's subordinate ids mapped, and [Open].
//
// # Concurrency
//
// One [Driver] holds one open store. Its methods may be called from many
// goroutines at once; each build works on values of its own.
//
// # Errors
//
// An error that may heal when the same call is made again, such as a registry
// that is down, has a method Temporary() bool that returns true. [Remedy] tells
// what a user can do about an error, where that is known.
package buildahdriver
