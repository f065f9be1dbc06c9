package environments

import "slices"

// row is one environment, and what is to be expected in it.
type row struct {
	name     string // of one word
	platform string // what users call it

	uid             int
	capabilities    []string
	seccomp         profile
	noNewPrivileges bool
	privileged      bool // /proc is whole, and every device may be used
	userNamespace   bool
	readOnly        bool // root, with a tmpfs on /tmp and /run
	volume          bool // for the user's home or /var/lib/containers; else both lie on the container's own overlay
	options         []string

	// subIDs are the container's subordinate ids of uid 1000; the default is what
	// Debian's useradd writes.
	subIDs string
	// fileCapabilities gives newuidmap and newgidmap file capabilities, as on Fedora, in
	// place of Debian's setuid bit.
	fileCapabilities bool

	quick bool // it is one of make test
	// fails is part of what is said where images with RUN cannot be built; the exit code
	// is 6 then.
	fails string
	// failsWithoutRun is the same for images without RUN.
	failsWithoutRun string
}

func with(capabilities []string, more ...string) []string {
	return append(slices.Clone(capabilities), more...)
}

const podmanSubIDs = "1:999 1001:64535" // as in podman's own image

// rows are all environments, by platform.
var rows = []row{
	{name: "docker-root", platform: "Docker and GitLab's docker executor, default, root", capabilities: dockerCapabilities, seccomp: mobyProfile, quick: true},
	{name: "docker-root-volume", platform: "the same with a volume for the store", capabilities: dockerCapabilities, seccomp: mobyProfile, volume: true},
	{name: "docker-1000", platform: "Docker default, uid 1000", uid: 1000, capabilities: dockerCapabilities, seccomp: mobyProfile, fails: "only images without RUN can"},
	{name: "docker-sys-admin", platform: "Docker with --cap-add SYS_ADMIN, root", capabilities: with(dockerCapabilities, "CAP_SYS_ADMIN"), seccomp: mobyProfile, volume: true},
	{name: "gitlab-privileged", platform: "GitLab's docker executor, privileged, no volume", capabilities: allCapabilities, privileged: true, quick: true},
	{name: "gitlab-privileged-volume", platform: "the same with a volume for the store", capabilities: allCapabilities, privileged: true, volume: true},
	{name: "kubernetes-root", platform: "Kubernetes default pod (seccomp unconfined), root", capabilities: dockerCapabilities},
	{name: "kubernetes-root-volume", platform: "the same with an emptyDir for the store", capabilities: dockerCapabilities, volume: true},
	{name: "kubernetes-1000", platform: "Kubernetes default pod, runAsUser 1000", uid: 1000, capabilities: dockerCapabilities, volume: true},
	{name: "kubernetes-1000-filecaps", platform: "the same, newuidmap with file capabilities", uid: 1000, capabilities: dockerCapabilities, volume: true, fileCapabilities: true},
	{name: "kubernetes-1000-no-new-privs", platform: "Kubernetes default pod, runAsUser 1000, allowPrivilegeEscalation: false", uid: 1000, capabilities: dockerCapabilities, noNewPrivileges: true, volume: true},
	{name: "kubernetes-restricted", platform: "Kubernetes restricted pod: uid 1000, RuntimeDefault, no capabilities, no_new_privs", uid: 1000, seccomp: mobyProfile, noNewPrivileges: true, volume: true, quick: true, fails: "only images without RUN can"},
	{name: "kubernetes-user-namespace", platform: "Kubernetes hostUsers: false, root, seccomp unconfined", capabilities: dockerCapabilities, userNamespace: true, volume: true},
	{name: "kubernetes-user-namespace-runtime-default", platform: "Kubernetes hostUsers: false, root, RuntimeDefault", capabilities: dockerCapabilities, seccomp: mobyProfile, userNamespace: true, volume: true},
	{name: "podman-rootless-root", platform: "rootless podman, root", capabilities: podmanCapabilities, seccomp: podmanProfile, userNamespace: true},
	{name: "podman-rootless-root-volume", platform: "the same with a volume for the store", capabilities: podmanCapabilities, seccomp: podmanProfile, userNamespace: true, volume: true, quick: true},
	{name: "podman-rootless-1000", platform: "rootless podman, uid 1000, Debian's subordinate ids (which are not mapped there)", uid: 1000, capabilities: podmanCapabilities, seccomp: podmanProfile, userNamespace: true, volume: true},
	{name: "podman-rootless-1000-filecaps", platform: "the same, the subordinate ids of podman's image, newuidmap with file capabilities", uid: 1000, capabilities: podmanCapabilities, seccomp: podmanProfile, userNamespace: true, volume: true, subIDs: podmanSubIDs, fileCapabilities: true},
	{name: "podman-rootful-root", platform: "rootful podman, root", capabilities: podmanCapabilities, seccomp: podmanProfile, volume: true},
	{name: "podman-rootful-1000", platform: "rootful podman, uid 1000", uid: 1000, capabilities: podmanCapabilities, seccomp: podmanProfile, volume: true},
	{name: "podman-rootful-1000-filecaps", platform: "the same, newuidmap with file capabilities", uid: 1000, capabilities: podmanCapabilities, seccomp: podmanProfile, volume: true, fileCapabilities: true},
	{name: "read-only-root", platform: "read-only root with tmpfs on /tmp and /run, root, HOME and --root on a volume (Kubernetes default otherwise)", capabilities: dockerCapabilities, readOnly: true, volume: true, options: []string{"--root", "/volume/store"}},
	{name: "no-capabilities", platform: "Docker default with --cap-drop ALL, root", seccomp: mobyProfile, fails: "only images without RUN can"},
}
