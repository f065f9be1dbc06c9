package templates

import (
	"strings"
	"testing"
)

// newPip returns a sandbox with kolla_pip_install and a pip that makes empty wheels.
func newPip(t *testing.T) *sandbox {
	t.Helper()
	s := newSandbox(t)
	s.install("base/pip_install.sh", "kolla_pip_install")
	s.write("/bin/pip", `#!/bin/bash
if [[ $1 = wheel ]]; then
    project=${!#} into=$(dirname "${!#}")
    touch "$into/$(cat "$project/name")-1-py3-none-any.whl"
    echo "wheel version ${PBR_VERSION-of its own}$(paste -sd ' ' "$project/MANIFEST.in" 2> /dev/null)" >> "$CALLS"
else
    echo "pip ${*//"${TMPDIR:-/tmp}"\/tmp.??????????\/??????/TMP}" >> "$CALLS"
fi
`)
	return s
}

const constraints = "Nova===1\nnova-client===2\nother_thing===3\n"

func TestPipInstall(t *testing.T) {
	s := newPip(t)
	s.write("/nova/name", "nova")
	s.must("kolla_pip_install", "requests", s.path("/nova")+"[extra]")
	// Without a release's PKG-INFO nor git the version is above all others.
	s.wantCalls("wheel version 9999.0.0", "pip install --no-cache-dir requests TMP/nova-1-py3-none-any.whl[extra]")

	s.write("/requirements/upper-constraints.txt", constraints)
	s.write("/nova/PKG-INFO", "")
	s.must("kolla_pip_install", s.path("/nova"))
	s.wantCalls("wheel version of its own",
		"pip install --no-cache-dir --constraint /requirements/upper-constraints.txt TMP/nova-1-py3-none-any.whl")
	if got := s.read("/requirements/upper-constraints.txt"); got != strings.TrimPrefix(constraints, "Nova===1\n") {
		t.Errorf("the constraints are\n%s", got)
	}
}

// TestPipInstallOfPBR looks for what makes pbr pack all files of an archive that has come
// from git without it.
func TestPipInstallOfPBR(t *testing.T) {
	for file, text := range map[string]string{
		"setup.py":       "setuptools.setup(setup_requires=['pbr>=2.0.0'], pbr=True)\n",
		"pyproject.toml": "[build-system]\nrequires = [\"pbr>=6.1.1\"]\n",
	} {
		s := newPip(t)
		s.write("/nova/name", "nova")
		s.write("/nova/"+file, text)
		s.write("/nova/MANIFEST.in", "exclude .gitignore")
		s.must("kolla_pip_install", s.path("/nova"))
		s.wantCalls("wheel version 9999.0.0exclude .gitignore graft .", "pip install --no-cache-dir TMP/nova-1-py3-none-any.whl")
		if got := s.read("/nova/MANIFEST.in"); got != "exclude .gitignore" {
			t.Errorf("the project itself has now\n%s", got)
		}
		// A release knows its files.
		s.write("/nova/PKG-INFO", "")
		s.must("kolla_pip_install", s.path("/nova"))
		s.wantCalls("wheel version of its ownexclude .gitignore", "pip install --no-cache-dir TMP/nova-1-py3-none-any.whl")
	}
}

func TestPipInstallBelow(t *testing.T) {
	s := newPip(t)
	for _, project := range []string{"/plugins/new", "/plugins/old", "/plugins/programs"} {
		s.write(project+"/name", strings.TrimPrefix(project, "/plugins/"))
	}
	s.must("kolla_pip_install", "--below", s.path("/plugins"))
	s.wantCalls()
	s.write("/plugins/new/pyproject.toml", "")
	s.write("/plugins/old/setup.py", "")
	s.must("kolla_pip_install", "--below", s.path("/plugins"))
	s.wantCalls("wheel version 9999.0.0", "wheel version 9999.0.0",
		"pip install --no-cache-dir TMP/new-1-py3-none-any.whl TMP/old-1-py3-none-any.whl")
}

func TestPipInstallFails(t *testing.T) {
	s := newPip(t)
	if _, ok := s.run("kolla_pip_install", "--below"); ok {
		t.Error("a missing folder is not told")
	}
	s.write("/nova/name", "nova")
	s.write("/bin/pip", "#!/bin/bash\nexit 1\n")
	for _, requirement := range []string{"requests", s.path("/nova")} {
		if _, ok := s.run("kolla_pip_install", requirement); ok {
			t.Errorf("a failure to install %s is not told", requirement)
		}
	}
}
