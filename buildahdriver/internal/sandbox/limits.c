// Remembers how many files the caller of this program may open.
//
// Go raises its own soft limit to the hard one before main, and lowers it again for the
// programs that package os/exec starts; but commands of RUN are not started by that. Some
// programs close as many descriptors as they may have, which takes long if that is half a
// billion. So the limit is read before Go's runtime begins.
#include "spawn.h"

#include <sys/resource.h>

struct rlimit sandbox_open_files;

__attribute__((constructor)) static void remember_limits(void)
{
	getrlimit(RLIMIT_NOFILE, &sandbox_open_files);
}
