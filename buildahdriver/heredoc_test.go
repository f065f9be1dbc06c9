package buildahdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestRunHeredocs(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	image, output, err := buildRun(t, d, `ARG VALUE=argument
RUN <<EOF
echo "one $VALUE"
cd /tmp

pwd
EOF
RUN <<-'END'
	echo two
	END
RUN cat <<A && cat <<-"B" > /b
three $VALUE
A
	$four
B
RUN <<SCRIPT
#!/bin/cat
SCRIPT
USER nova
RUN <<SCRIPT
#!/bin/sh
echo six "$0"; id -u; ls /dev/pipes
SCRIPT
RUN <<EMPTY
EMPTY
`, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if want := "one argument\n/tmp\ntwo\nthree argument\n#!/bin/cat\nsix /dev/pipes/SCRIPT\n42436\nSCRIPT\n"; output != want {
		t.Errorf("printed %q, want %q", output, want)
	}
	found := readLayer(t, d, image)
	if b, ok := found["b"]; !ok || b.Size != int64(len("$four\n")) {
		t.Errorf("/b has %d bytes", b.Size)
	}
	told, err := json.Marshal(readConfig(t, d, image).History)
	if err != nil || !bytes.Contains(told, []byte(`RUN \u003c\u003cEOF\necho \"one $VALUE\"\ncd /tmp\n\npwd\nEOF"`)) {
		t.Errorf("the history does not tell it: %s, %v", told, err)
	}
	// As in a shell, and in other builders, only the last command counts.
	if _, output, err := buildRun(t, d, "RUN <<EOF\nfalse\necho on\nEOF\n", nil); err != nil || output != "on\n" {
		t.Errorf("printed %q, %v", output, err)
	}
	_, _, err = buildRun(t, d, "RUN <<EOF\nset -e\nfalse\necho on\nEOF\n", nil)
	if err == nil || !strings.Contains(err.Error(), "Dockerfile:2: RUN <<EOF: exit status 1") {
		t.Errorf("got %v", err)
	}
}

// TestHeredocsAndMountsAreTheSame compares with what buildah makes of the same.
func TestHeredocsAndMountsAreTheSame(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	// Where there are none, buildah leaves its mount points in the layer.
	buildImage(t, d, "below:1", "FROM base:1\nRUN mkdir -p /run/secrets /proc /sys /dev /cache /bound /memory && touch /run/secrets/s\n", nil)
	t.Setenv("TOKEN", "token")
	dockerfile := `FROM below:1
ENV NAME=value
COPY <<one plain <<"two" /copied/
$NAME
one
$NAME
two
COPY --chown=nova:kolla --chmod=640 <<-file /owned
	tabs
	file
RUN <<EOF
echo script > /script
EOF
RUN cat > /joined <<EOF && echo after >> /joined
$NAME
EOF
RUN --mount=type=secret,id=s,mode=0444 wc -c < /run/secrets/s > /length
RUN --mount=type=cache,target=/cache echo x > /cache/x && ls /cache > /listed
RUN --mount=type=bind,target=/bound cp /bound/plain /copy
RUN --mount=type=tmpfs,target=/memory touch /memory/x
RUN --network=host true
`
	dir := writeContext(t, map[string]string{"Dockerfile": dockerfile, "plain": "of the context"})
	started := time.Now().Add(-time.Minute)
	options := BuildOptions{Name: "quick:1", ContextDir: dir, Secrets: []string{"id=s,env=TOKEN"}}
	quick, err := d.Build(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	options.Name, options.Output = "reference:1", &output
	options.complete()
	buildahs, err := d.buildWithImagebuildah(context.Background(), options, "a test wants it")
	if err != nil {
		t.Fatalf("%v\n%s", err, output.String())
	}
	got, want := readLayer(t, d, quick), readLayer(t, d, buildahs)
	for _, touched := range []string{"dev", "proc", "sys", "run", "run/secrets"} {
		if _, ok := got[touched]; ok {
			t.Errorf("/%s was only mounted on, and is in the layer", touched)
		}
		delete(want, touched) // buildah leaves copies of the folders that it mounts on
	}
	compareLayers(t, got, want, started)
	compareConfigs(t, readConfig(t, d, quick), readConfig(t, d, buildahs), false)
}
