package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/sirupsen/logrus"
	"go.podman.io/buildah/define"
	"go.podman.io/image/v5/signature"
	"go.podman.io/image/v5/types"
	"go.podman.io/storage"
	"go.podman.io/storage/pkg/configfile"
	"golang.org/x/sync/singleflight"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/uploads"
)

// Isolation is the way a RUN instruction is kept apart from the machine.
type Isolation string

// The isolations that a [Driver] offers.
const (
	// IsolationDefault is this package's own: mount, pid, uts and ipc
	// namespaces, the default capabilities and seccomp filter. It is the only
	// one that obeys a cancelled context.
	IsolationDefault Isolation = ""
	// IsolationOCI runs an OCI runtime, runc or crun, found in PATH.
	IsolationOCI Isolation = "oci"
	// IsolationRootless runs an OCI runtime with less asked of it.
	IsolationRootless Isolation = "rootless"
	// IsolationChroot is buildah's own way without a runtime.
	IsolationChroot Isolation = "chroot"
)

// Compression is a format of layers.
type Compression string

// The formats that a [Driver] pushes.
const (
	// CompressionDefault is gzip, which every client knows.
	CompressionDefault Compression = ""
	CompressionGzip    Compression = "gzip"
	// CompressionZstd is quicker, and smaller.
	CompressionZstd Compression = "zstd"
)

// Credentials are a user and password for one registry. They are sent to no
// other.
type Credentials struct {
	// Registry is the host, with a port if it is not the default one.
	Registry string
	User     string
	Password string
}

// Options says where a [Driver] keeps its images and how it meets registries.
// The zero value works.
type Options struct {
	// Root is the folder of the image store. The default is what storage.conf
	// names, else a store of our own in the user's data directory, or below
	// /var/lib for root.
	Root string
	// RunRoot is the folder for state that need not survive a reboot.
	RunRoot string
	// StorageDriver is overlay or vfs; the default is what storage.conf names,
	// else overlay.
	StorageDriver string
	// AuthFile holds credentials as "podman login" writes them. The default is
	// where podman, buildah and skopeo look.
	AuthFile string
	// Credentials win over AuthFile for their registry.
	Credentials Credentials
	// CertDir holds *.crt, and *.cert with *.key, for registries with TLS.
	CertDir string
	// AllowedRealms are the hosts, with a port if it is not 443, of token servers that
	// may get credentials for a registry of another domain.
	AllowedRealms []string
	// TLSVerify, if set, overrides what registries.conf says of a registry.
	TLSVerify *bool
	// Compression is how layers are compressed that a registry does not have yet.
	Compression Compression
	// IDs are what the caller gave [EnterUserNamespace], for [Diagnose].
	IDs IDs
	// Network is what the caller gives [BuildOptions], for [Diagnose].
	Network Network
	// Isolation is how RUN instructions are run.
	Isolation Isolation
	// BuildahCommit builds in working containers that buildah commits, even where
	// an image can be built in its place in the store.
	BuildahCommit bool
}

// Driver builds and pushes images in one store.
type Driver struct {
	options Options
	opened  *openedStore
	store   storage.Store // that of opened
	scratch *scratch
	disk    *diskSync
	system  types.SystemContext
	pushes  *pushes
	uploads *uploads.Locks
	pulls   singleflight.Group
	pulled  sync.Map // base images that were pulled, by name: their ids

	// inContainer is why images are built in working containers of buildah's, or
	// nothing.
	inContainer string

	// blobs makes what pushes share, with the first of them; nil where it cannot be.
	blobs     func() *blobCache
	blobsMade atomic.Pointer[blobCache]

	// connector finds the program that connects networks of RUN's own.
	connector func() (sandbox.Connector, error)

	// sandboxes makes what all RUN instructions share, with the first of them.
	sandboxes func() (*sandbox.Template, error)
	sandboxed atomic.Pointer[sandbox.Template]
}

// Open opens the store, making it if need be. The caller has called
// [EnterUserNamespace] before, and closes the driver.
func Open(options Options) (*Driver, error) {
	where, err := storeOptions(options)
	if err != nil {
		return nil, err
	}
	return open(options, where)
}

// open opens the driver on the store described by where.
func open(options Options, where storage.StoreOptions) (*Driver, error) {
	store, err := openStore(where)
	if err != nil {
		return nil, err
	}
	if err := checkOwners(store); err != nil {
		return nil, errors.Join(err, store.close())
	}
	disk, err := openDiskSync(store.GraphRoot())
	if err != nil {
		return nil, errors.Join(err, store.close())
	}
	scratch, err := newScratch(store)
	if err != nil {
		return nil, errors.Join(err, disk.close(), store.close())
	}
	driver := &Driver{options: options, opened: store, store: store.Store, scratch: scratch, disk: disk, pushes: newPushes(store.GraphRoot(), options), uploads: uploads.NewLocks()}
	driver.inContainer = driver.needsContainer()
	driver.sandboxes = sync.OnceValues(driver.newSandboxes)
	driver.connector = sync.OnceValues(findConnector)
	driver.blobs = sync.OnceValue(driver.newBlobCache)
	// Buildah asks the environment where large temporary files go, and nothing
	// else.
	scratch.setenv("TMPDIR", scratch.dir)
	if driver.buildahIsolation() != define.IsolationChroot && os.Getenv("XDG_RUNTIME_DIR") == "" {
		// OCI runtimes would take /run, which is not ours to write.
		scratch.setenv("XDG_RUNTIME_DIR", scratch.dir)
	}
	if err := driver.configureSystem(); err != nil {
		return nil, errors.Join(err, driver.Close())
	}
	return driver, nil
}

// Close removes temporary files and lets go of the store.
func (d *Driver) Close() error {
	var err error
	if template := d.sandboxed.Load(); template != nil {
		err = template.Close()
	}
	d.pushes.close()
	if blobs := d.blobsMade.Load(); blobs != nil {
		err = errors.Join(err, blobs.close())
	}
	return errors.Join(err, d.disk.close(), d.scratch.close(), d.opened.close())
}

// GraphRoot returns the folder of the image store.
func (d *Driver) GraphRoot() string { return d.opened.root }

// RunRoot returns the folder of the store's transient state.
func (d *Driver) RunRoot() string { return d.store.RunRoot() }

// TempDir returns the folder for this driver's temporary files. It is on the
// store's filesystem and goes when the driver is closed.
func (d *Driver) TempDir() string { return d.scratch.dir }

// Notes returns what a user should know about how this machine makes the driver build
// images, a sentence or two each, with what would change it.
func (d *Driver) Notes() []string {
	var notes []string
	switch {
	case owners.Plain():
		notes = append(notes, plainNote())
	case !mayMount():
		note := "commands of RUN are run by chroot, since this container allows no namespaces: they see no processes in /proc, share process ids, IPC and the host name with this program, and could send it signals"
		if !sandbox.MayMakeDevices() {
			note += "; of /dev they have a stand-in for null and nothing else"
		}
		notes = append(notes, note)
	case SingleID():
		notes = append(notes, "images are built with a single user id: the owners of files are recorded beside them, and the images have them (see docs/single-id.md)")
	}
	if d.opened.copies != "" && !owners.Plain() {
		notes = append(notes, copyNote(d.opened.root, d.opened.copies))
	} else if d.store.GraphDriverName() == "vfs" {
		notes = append(notes, fmt.Sprintf("images are built by the storage driver vfs, which copies each image as a whole: the store %s was made so; another folder, named by --root, makes it quicker", d.opened.root))
	}
	return notes
}

// needsContainer tells why images are built in working containers, or nothing.
func (d *Driver) needsContainer() string {
	switch {
	case d.options.BuildahCommit:
		return "buildah's commit was asked for"
	case d.options.Isolation != IsolationDefault:
		return "buildah's isolation was asked for"
	}
	return canStage(d.store)
}

// runCommand runs a command in the isolation that this process can give it.
func (d *Driver) runCommand(ctx context.Context, spec sandbox.Spec) error {
	if mayMount() {
		sandboxes, err := d.sandboxes()
		if err != nil {
			return err
		}
		return sandboxes.Run(ctx, spec)
	}
	err := sandbox.RunInChroot(ctx, spec)
	if errors.Is(err, sandbox.ErrNeedsNamespaces) {
		return &EnvironmentError{Missing: err.Error(), Mend: namespacesWanted}
	}
	return err
}

// namespacesWanted is the setting that gives root of a container namespaces.
const namespacesWanted = "run the container with a seccomp profile that allows clone, unshare and mount (docker run --security-opt seccomp=unconfined; in Kubernetes seccompProfile Unconfined), or with CAP_SYS_ADMIN"

func (d *Driver) newSandboxes() (*sandbox.Template, error) {
	folder, err := makeOwn(d.store.GraphRoot(), "sandbox")
	if err != nil {
		return nil, err
	}
	template, err := sandbox.NewTemplate(folder)
	if err != nil {
		return nil, fmt.Errorf("failed to prepare for RUN: %w", err)
	}
	d.sandboxed.Store(template)
	return template, nil
}

// newBlobCache makes the copy in memory; without it, pushes use the database on disk.
func (d *Driver) newBlobCache() *blobCache {
	blobs, err := openBlobCache(d.system.BlobInfoCacheDir, filepath.Join(d.scratch.dir, "blobs"))
	if err != nil {
		logrus.Debugf("what is known of layers is not copied to memory: %v", err)
		return nil
	}
	d.blobsMade.Store(blobs)
	return blobs
}

// configureSystem fills in what the machine's configuration leaves open.
func (d *Driver) configureSystem() error {
	d.system = d.options.system()
	d.system.BigFilesTemporaryDir = d.scratch.dir
	d.system.BlobInfoCacheDir = filepath.Join(d.store.GraphRoot(), ownFolder)
	_, err := signature.DefaultPolicy(&d.system)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, configfile.ErrConfigFileNotFound) {
		d.system.SignaturePolicyPath = filepath.Join(d.scratch.dir, "policy.json")
		return os.WriteFile(d.system.SignaturePolicyPath, []byte(acceptAnything), 0o600)
	}
	if err != nil {
		return fmt.Errorf("failed to read the machine's signature policy: %w", err)
	}
	return nil
}

// acceptAnything is the signature policy of a machine that has none: images are
// taken unsigned, as docker and podman do by default. See
// containers-policy.json(5).
const acceptAnything = `{"default": [{"type": "insecureAcceptAnything"}]}
`

// system is what the options say of registries.
func (o Options) system() types.SystemContext {
	system := types.SystemContext{
		AuthFilePath:            o.AuthFile,
		DockerCertPath:          o.CertDir,
		DockerRegistryUserAgent: "kolla-build",
	}
	if o.TLSVerify != nil {
		system.DockerInsecureSkipTLSVerify = types.NewOptionalBool(!*o.TLSVerify)
	}
	return system
}

// systemFor returns settings for dealing with the registry at host, credentials among
// them. Only package registry gets these.
func (o Options) systemFor(host string) *types.SystemContext {
	system := o.system()
	system.DockerAuthConfig = o.authFor(host)
	return &system
}

// authFor returns the credentials for the registry at host, if the options have some.
func (o Options) authFor(host string) *types.DockerAuthConfig {
	if c := o.Credentials; c.User != "" && c.Registry == host {
		return &types.DockerAuthConfig{Username: c.User, Password: c.Password}
	}
	return nil
}

// buildahIsolation is the isolation for what only buildah can do.
func (d *Driver) buildahIsolation() define.Isolation {
	switch d.options.Isolation {
	case IsolationOCI:
		return define.IsolationOCI
	case IsolationRootless:
		return define.IsolationOCIRootless
	default:
		return define.IsolationChroot
	}
}
