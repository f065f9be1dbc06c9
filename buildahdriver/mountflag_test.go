package buildahdriver

import (
	"strings"
	"testing"
)

func TestParseMount(t *testing.T) {
	mode := uint32(0o750)
	for text, want := range map[string]runMount{
		"target=/x":                                              {kind: "bind", target: "/x", readOnly: true},
		"type=bind,src=a,dst=b":                                  {kind: "bind", target: "/work/b", source: "a", readOnly: true},
		"type=bind,ro,dst=/b":                                    {kind: "bind", target: "/b", readOnly: true},
		"type=bind,rw,dst=/b,from=stage":                         {kind: "bind", target: "/b", from: "stage"},
		"type=bind,ro=false,dst=/b,Z":                            {kind: "bind", target: "/b"},
		"type=cache,target=/x,from=a,source=b":                   {kind: "cache", target: "/x", id: "/x", from: "a", source: "b"},
		"type=ssh,id=x":                                          {kind: "ssh", id: "x"},
		"type=cache,target=/x/":                                  {kind: "cache", target: "/x/", id: "/x"},
		"type=cache,target=/x,rw":                                {kind: "cache", target: "/x", id: "/x"},
		"type=secret,id=s":                                       {kind: "secret", target: "/run/secrets/s", id: "s"},
		"type=secret,id=s,env=S":                                 {kind: "secret", id: "s", env: "S"},
		`type=cache,target=/x,"id=a,b"`:                          {kind: "cache", target: "/x", id: "a,b"},
		"type=secret,target=/a/s,required=true":                  {kind: "secret", target: "/a/s", id: "s", required: true},
		"type=tmpfs,target=/x,size=64m,tmpfs-mode=0750,readonly": {kind: "tmpfs", target: "/x", size: "64m", mode: &mode, readOnly: true},
		"target=/x,type=cache,id=a,ro,sharing=locked,mode=750,uid=1,gid=2": {kind: "cache", target: "/x", id: "a", readOnly: true, sharing: "locked", mode: &mode, uid: 1, gid: 2},
	} {
		if want.sharing == "" {
			want.sharing = "shared"
		}
		got, err := parseMount(text, "work")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if (got.mode == nil) != (want.mode == nil) || got.mode != nil && *got.mode != *want.mode {
			t.Errorf("%s: the modes differ", text)
		}
		if got.mode = want.mode; got != want {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{"", `"`, "type=volume,target=/x", "type=bind,target=/x,U", "type=tmpfs,target=/x,id=a", "type=tmpfs,tmpcopyup,target=/x",
		"type=cache", "type=bind,source=a", "type=secret", "type=cache,target=/x,sharing=some", "type=cache,target=/x,mode=9", "type=cache,source=a,target=/x",
		"type=cache,target=/x,uid=-1", "type=tmpfs,target=/x,size=1x", "type=bind,target=", "type=secret,id=s,required=perhaps"} {
		if m, err := parseMount(text, "/"); err == nil {
			t.Errorf("%q gives %+v", text, m)
		}
	}
}

func FuzzParseMount(f *testing.F) {
	for _, text := range []string{"type=cache,target=/x,id=a,ro", "type=secret,id=s,env=S", "type=tmpfs,target=x,size=1m", "type=bind,target=/x,source=../y", `"a,b",c`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseMount(text, "/work")
		if err != nil {
			return
		}
		if m.target == "" && m.env == "" && m.kind != mountSSH || m.target != "" && m.target[0] != '/' && m.kind != mountSSH || m.uid < 0 || m.gid < 0 {
			t.Errorf("%q gives %+v", text, m)
		}
		if m.mode != nil && *m.mode > 0o7777 || strings.ContainsAny(m.size, ",= ") {
			t.Errorf("%q gives %+v", text, m)
		}
	})
}
