package rpm

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	d := os.Getenv("KOLLA_ZZ")
	if d == "" {
		t.Skip()
	}
	os.RemoveAll(d)
	os.MkdirAll(d+"/gpg", 0o700)
	os.Setenv("GNUPGHOME", d+"/gpg")
	if err := run("gpg", "--batch", "--passphrase", "", "--quick-generate-key", "ours", "rsa2048", "sign", "never"); err != nil {
		t.Fatal(err)
	}
	run("gpg", "--batch", "--armor", "--export", "--output", d+"/ours.asc", "ours")
	key, _ := os.ReadFile(d + "/ours.asc")
	os.MkdirAll(d+"/m", 0o755)
	begun := time.Now()
	m, err := New(d+"/m", "http://127.0.0.1:18080", Key{d + "/gpg", "ours", string(key)})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("new", time.Since(begun))
	for _, distro := range []string{"centos", "fedora"} {
		begun = time.Now()
		names, _ := os.ReadFile(os.Getenv("KOLLA_NAMES") + "/" + distro)
		if _, err := m.Add(distro, strings.Fields(string(names))); err != nil {
			t.Fatal(err)
		}
		texts, err := Dockerfiles("/tmp/rpm/" + distro + "-source")
		if err != nil {
			t.Fatal(err)
		}
		c, h, err := m.Sources(texts)
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(d+"/"+distro+".conf", []byte("[DEFAULT]\n"+c), 0o644)
		os.WriteFile(d+"/header", []byte(h), 0o644)
		t.Log(distro, time.Since(begun))
	}
}
