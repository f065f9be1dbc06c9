package templates_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/template"
	"github.com/kolla-build/kolla-build/templates"
)

// runsAsRoot are the images of services that end without a USER, each with the reason.
var runsAsRoot = map[string]string{
	"bifrost-deploy":                        "runs Ansible on itself, with services of its own",
	"ceilometer-compute":                    "reads libvirt's socket",
	"cron":                                  "rotates the logs of all services",
	"cyborg-agent":                          "programs the devices of the host",
	"designate-backend-bind9":               "binds port 53, then gives up root",
	"dnsmasq":                               "answers DHCP on the host's interfaces, then gives up root",
	"hacluster-corosync":                    "locks memory and runs with real-time priority",
	"hacluster-pacemaker":                   "starts and stops the resources of the host",
	"hacluster-pacemaker-remote":            "starts and stops the resources of the host",
	"hacluster-pcs":                         "writes the cluster's configuration",
	"haproxy":                               "binds the ports below 1024, then gives up root as its configuration says",
	"haproxy-ssh":                           "is an SSH server",
	"ironic-pxe":                            "binds port 69, then gives up root",
	"ironic-pxe-filter":                     "signals the dnsmasq of another container",
	"httpd":                                 "binds a port below 1024, then gives up root",
	"iscsid":                                "manages the host's iSCSI sessions",
	"keepalived":                            "adds addresses to the host's interfaces",
	"keystone-fernet":                       "cron starts its jobs as other users",
	"keystone-ssh":                          "is an SSH server",
	"letsencrypt-lego":                      "writes certificates for other services",
	"multipathd":                            "manages the host's block devices",
	"nova-libvirt":                          "starts virtual machines as other users",
	"nova-libvirt-spice":                    "starts virtual machines as other users",
	"nova-ssh":                              "is an SSH server",
	"openvswitch-db-server":                 "shares its sockets with the host",
	"openvswitch-vswitchd":                  "manages the host's network",
	"ovn-controller":                        "manages the host's network",
	"ovn-nb-db-server":                      "shares its sockets with northd",
	"ovn-northd":                            "uses the sockets of the databases",
	"ovn-sb-db-relay":                       "shares its sockets with the host",
	"ovn-sb-db-server":                      "shares its sockets with northd",
	"ovsdpdk-db":                            "shares its sockets with the host",
	"ovsdpdk-vswitchd":                      "manages the host's network cards",
	"prometheus-cadvisor":                   "reads the control groups of all containers",
	"prometheus-libvirt-exporter":           "reads libvirt's socket",
	"prometheus-mtail":                      "reads the logs of all services",
	"prometheus-openstack-network-exporter": "reads the sockets of Open vSwitch",
	"skyline-console":                       "nginx starts as root, then gives it up",
	"tgtd":                                  "exports block devices of the host",
	"zun-cni-daemon":                        "makes the network interfaces of containers",
	"zun-compute":                           "uses the container engine of the host",
}

// dockerfile is a rendered image.
type dockerfile struct {
	name         string
	parent       string // the name of the image it stands on, empty for base
	distro       distros.Distro
	text         string
	instructions []instruction
}

// instruction is one of its instructions, as it stands there.
type instruction struct {
	name string // in lower case
	text string
	args []string
	// flags are what stands before them, such as --mount=TEXT.
	flags []string
}

// TestLint renders all templates, for every distro, release and type, and holds the
// Dockerfiles to the rules of the house.
func TestLint(t *testing.T) {
	tree, err := template.Load(template.EmbeddedRoot("templates", templates.FS()))
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range targets(t) {
		t.Run(target.name(), func(t *testing.T) {
			t.Parallel()
			images := parse(t, tree, target)
			for _, image := range images {
				for _, rule := range rules {
					for _, problem := range rule(image, images) {
						t.Errorf("%s: %s", image.name, problem)
					}
				}
			}
		})
	}
}

// target is what a tree is rendered for.
type target struct {
	distro        distros.Distro
	release, kind string
}

func (t target) name() string { return t.distro.Name + "-" + t.release + "-" + t.kind }

func targets(t *testing.T) []target {
	t.Helper()
	var all []target
	for _, name := range distros.Names() {
		distro, err := distros.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		// Several tags may name one release.
		for _, release := range slices.Compact(slices.Sorted(maps.Values(distro.Bootstrap.Releases))) {
			all = append(all, target{distro, release, "binary"}, target{distro, release, "source"})
		}
	}
	return all
}

// parse renders the tree and parses the Dockerfiles as buildah does.
func parse(t *testing.T, tree *template.Tree, to target) map[string]*dockerfile {
	t.Helper()
	rendered, err := template.Render(tree, variables(t, to))
	if err != nil {
		t.Fatal(err)
	}
	images := map[string]*dockerfile{}
	for _, r := range rendered {
		image := &dockerfile{name: r.Name, distro: to.distro, text: r.Dockerfile}
		if image.instructions, err = instructions(r.Dockerfile); err != nil {
			t.Fatalf("%s: %v\n%s", r.Name, err, r.Dockerfile)
		}
		image.parent = parentName(image.instructions[0])
		images[r.Name] = image
	}
	return images
}

func instructions(text string) ([]instruction, error) {
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	lines := bytes.Split([]byte(text), []byte("\n"))
	var all []instruction
	for _, node := range parsed.AST.Children {
		// The parser itself takes any word for an instruction.
		if _, known := command.Commands[node.Value]; !known {
			return nil, fmt.Errorf("line %d: unknown instruction %s", node.StartLine, node.Value)
		}
		one := instruction{name: node.Value, flags: node.Flags, text: string(bytes.Join(lines[node.StartLine-1:node.EndLine], []byte("\n")))}
		for arg := node.Next; arg != nil; arg = arg.Next {
			one.args = append(one.args, arg.Value)
		}
		all = append(all, one)
	}
	if len(all) == 0 || all[0].name != command.From || len(all[0].args) != 1 {
		return nil, fmt.Errorf("it does not begin with FROM and one reference")
	}
	return all, nil
}

// parentName takes the name out of kolla/NAME:TAG; a base image has another form.
func parentName(from instruction) string {
	name, ours := strings.CutPrefix(from.args[0], "kolla/")
	if !ours {
		return ""
	}
	name, _, _ = strings.Cut(name, ":")
	return name
}

// variables are what a run without further options passes on, but for names without a
// prefix.
func variables(t *testing.T, to target) template.Variables {
	t.Helper()
	known, err := distros.Users()
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]template.User{}
	for name, user := range known {
		users[name] = template.User(user)
	}
	return template.Variables{
		BaseDistro: to.distro.Name, BaseImage: to.distro.BaseImage, BaseDistroTag: to.release, BaseArch: "x86_64",
		BasePackageType: to.distro.PackageType, PackageManager: to.distro.PackageManager, InstallType: to.kind,
		Namespace: "kolla", Tag: "0", Maintainer: "Kolla Project", KollaVersion: "0",
		OpenStackRelease: "master", OpenStackBranch: "master", OpenStackBranchSlashed: "master",
		UseDumbInit: to.distro.DumbInit, DockerHealthchecks: true, CleanPackageCache: true,
		Users: users, Distro: to.distro.Values(),
	}
}

// imageDirs returns the folder of each image's template.
func imageDirs(t *testing.T) map[string]string {
	t.Helper()
	dirs := map[string]string{}
	err := fs.WalkDir(templates.FS(), ".", func(name string, _ fs.DirEntry, err error) error {
		if path.Base(name) == "Dockerfile.j2" {
			dirs[path.Base(path.Dir(name))] = path.Dir(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}
