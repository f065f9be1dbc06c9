package templates

import (
	"os"
	"strings"
	"testing"
)

// installMoved puts a script into the sandbox as install does, with further folders
// of the image in their place.
func (s *sandbox) installMoved(file, name string, folders ...string) {
	s.t.Helper()
	s.install(file, name)
	text, err := os.ReadFile(s.path("/bin/" + name))
	if err != nil {
		s.t.Fatal(err)
	}
	moved := string(text)
	for _, folder := range folders {
		moved = strings.ReplaceAll(moved, folder, s.dir+folder)
	}
	s.write("/bin/"+name, moved)
}

// haproxyScript answers as the socket of HAProxy does. FINGERPRINT is the one of the
// certificate that it has got.
const haproxyScript = `#!/bin/bash
IFS= read -r command
echo "$command" >> "$CALLS"
case $command in
    "set ssl cert "*)
        while IFS= read -r line && [[ -n $line ]]; do echo "$line" >> "$CALLS"; done
        echo "Transaction created for certificate!"
        ;;
    "show ssl cert "*) echo "SHA1 FingerPrint: $FINGERPRINT" ;;
    "commit ssl cert "*) echo "Committing. Success!" ;;
esac
`

func TestUpdateLoadbalancerCert(t *testing.T) {
	const used = "/etc/haproxy/certificates/haproxy.pem"
	for _, test := range []struct {
		name, fingerprint, kept string
		ok                      bool
		calls                   []string
	}{
		{
			"taken", "AABB", "new\n", true,
			[]string{"set ssl cert " + used + " <<", "new", "show ssl cert *" + used, "commit ssl cert " + used},
		},
		{
			"another arrived", "CCDD", "old\n", false,
			[]string{"set ssl cert " + used + " <<", "new", "show ssl cert *" + used, "abort ssl cert " + used},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSandbox(t)
			s.install("haproxy/haproxy-ssh/update_loadbalancer_cert", "update")
			s.write("/bin/socat", haproxyScript)
			s.write("/bin/openssl", "#!/bin/bash\necho sha1 Fingerprint=AA:BB\n")
			s.env = append(s.env, "FINGERPRINT="+test.fingerprint)
			// The empty line is one that the socket would take for the end.
			s.write("/var/lib/haproxy/haproxy.pem", "\nnew\n")
			s.write(used, "old\n")
			if err := os.MkdirAll(s.path("/etc/letsencrypt/backups"), 0o755); err != nil {
				t.Fatal(err)
			}
			out, ok := s.run("update", "--external")
			if ok != test.ok {
				t.Fatalf("succeeded is %v, want %v: %s", ok, test.ok, out)
			}
			s.wantCalls(test.calls...)
			if got := strings.TrimLeft(s.read(used), "\n"); got != test.kept {
				t.Errorf("HAProxy starts with %q, want %q", got, test.kept)
			}
			if got := s.names("/etc/letsencrypt/backups"); (got != "") != test.ok {
				t.Errorf("the backups are %q", got)
			}
		})
	}
}

func TestUpdateLoadbalancerCertUsage(t *testing.T) {
	s := newSandbox(t)
	s.install("haproxy/haproxy-ssh/update_loadbalancer_cert", "update")
	for _, args := range [][]string{nil, {"--both"}} {
		if out, ok := s.run("update", args...); ok {
			t.Errorf("%q: no error: %s", args, out)
		}
	}
}

// letsencrypt returns a sandbox with letsencrypt-certificates, on a host that has the
// address 10.0.0.1.
func letsencrypt(t *testing.T) *sandbox {
	t.Helper()
	s := newSandbox(t)
	s.installMoved("letsencrypt/letsencrypt-lego/letsencrypt_certificates", "certificates", "/opt/lego")
	s.fake("chown")
	s.write("/bin/ip", "#!/bin/bash\nif [[ ${!#} = 10.0.0.1 ]]; then echo eth0; fi\n")
	s.write("/bin/openssl", "#!/bin/bash\necho 'X509v3 Subject Alternative Name:'\necho '    DNS:a.example, DNS:b.example'\n")
	s.write("/opt/lego", "#!/bin/bash\necho \"lego $*\" >> \"$CALLS\"\n")
	return s
}

func TestLetsencryptCertificates(t *testing.T) {
	const common = "lego --accept-tos --email=mail --server=url --path=/etc/letsencrypt/lego/internal --pem" +
		" --http --http.webroot=/etc/letsencrypt/http-01 --domains="
	const hook = " /usr/bin/sync-and-update-certificate --internal --fqdn a.example --haproxies-ssh 10.0.0.1:2985"
	const chown = "chown --recursive haproxy:haproxy /etc/letsencrypt/lego"
	for _, test := range []struct {
		name, fqdns, vips string
		has               bool
		more, want        []string
	}{
		{name: "passive", fqdns: "a.example", vips: "10.0.0.2"},
		// An address that only begins alike is another one.
		{name: "similar", fqdns: "a.example", vips: "10.0.0.10"},
		{name: "first", fqdns: "a.example", vips: "10.0.0.2,10.0.0.1", want: []string{common + "a.example run --run-hook" + hook, chown}},
		{
			name: "renew", fqdns: "a.example,b.example", vips: "10.0.0.1", has: true,
			want: []string{common + "a.example --domains=b.example renew --days 30 --renew-hook" + hook, chown},
		},
		{
			name: "another name", fqdns: "a.example,c.example", vips: "10.0.0.1", has: true,
			want: []string{common + "a.example --domains=c.example run --run-hook" + hook, chown},
		},
		{
			name: "account", fqdns: "a.example", vips: "10.0.0.1", more: []string{"--eab", "--kid", "K", "--hmac", "H", "--key-type", "ec256"},
			want: []string{common + "a.example --key-type=ec256 --eab --kid=K --hmac=H run --run-hook" + hook, chown},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := letsencrypt(t)
			if test.has {
				s.write("/etc/letsencrypt/lego/internal/certificates/a.example.pem", "")
			}
			s.must("certificates", append([]string{
				"--internal", "--fqdns", test.fqdns, "--vips", test.vips, "--days", "30", "--port", "8081",
				"--mail", "mail", "--acme", "url", "--haproxies-ssh", "10.0.0.1:2985",
			}, test.more...)...)
			s.wantCalls(test.want...)
		})
	}
}

func TestLetsencryptCertificatesUsage(t *testing.T) {
	for _, args := range [][]string{
		{"--fqdns", "a.example"},
		{"--internal"},
		{"--internal", "--external", "--fqdns", "a.example"},
		{"--internal", "--fqdns", "a.example", "--eab", "--kid", "K"},
		{"--internal", "--fqdns", "a.example", "--unknown"},
	} {
		s := letsencrypt(t)
		if out, ok := s.run("certificates", append(args, "--vips", "10.0.0.1")...); ok {
			t.Errorf("%q: no error: %s", args, out)
		}
		s.wantCalls()
	}
}

// A host that is down keeps the others from nothing, and is told of.
func TestSyncCertificate(t *testing.T) {
	s := newSandbox(t)
	s.install("letsencrypt/letsencrypt-lego/sync_and_update_certificate", "sync")
	s.write("/bin/ip", "#!/bin/bash\nif [[ ${!#} = 10.0.0.1 ]]; then echo eth0; fi\n")
	s.write("/bin/rsync", "#!/bin/bash\necho \"rsync ${*: -2}\" >> \"$CALLS\"\n[[ $* != *10.0.0.2* ]]\n")
	s.write("/bin/ssh", "#!/bin/bash\necho \"ssh $2 ${*: -2}\" >> \"$CALLS\"\n")
	out, ok := s.run("sync", "--external", "--fqdn", "a.example", "--haproxies-ssh", "10.0.0.1:1,10.0.0.2:2,10.0.0.3:3")
	if ok || !strings.Contains(out, "failed to update 10.0.0.2:2") {
		t.Errorf("succeeded is %v: %s", ok, out)
	}
	const certificate = "rsync /etc/letsencrypt/lego/external/certificates/a.example.pem haproxy@%:/var/lib/haproxy/haproxy.pem"
	const account = "rsync /etc/letsencrypt/lego/ haproxy@%:/etc/letsencrypt/lego/"
	const update = " haproxy@% /usr/bin/update-loadbalancer-cert --external"
	on := func(call, host string) string { return strings.ReplaceAll(call, "%", host) }
	s.wantCalls(
		on(certificate, "10.0.0.1"), on("ssh 1"+update, "10.0.0.1"),
		on(account, "10.0.0.2"),
		on(account, "10.0.0.3"), on(certificate, "10.0.0.3"), on("ssh 3"+update, "10.0.0.3"),
	)
}
