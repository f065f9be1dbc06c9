package run

// memoryPerBuild is what a build may need, in bytes: a package manager with its
// indexes, or a compiler, and the pages that the kernel has not written yet.
const memoryPerBuild = 512 << 20

// DefaultThreads returns how many images to build at once on a machine with so many
// cores and so much memory, in bytes; 0 is for memory that is not known. It is one
// more than there are cores, since a build waits for mirrors and disks now and then,
// and fewer if their memory would not suffice. It is at least 1.
func DefaultThreads(cores int, memory uint64) int {
	threads := max(cores, 1) + 1
	if memory > 0 {
		threads = int(min(uint64(threads), max(memory/memoryPerBuild, 1))) //nolint:gosec // not more than threads
	}
	return threads
}
