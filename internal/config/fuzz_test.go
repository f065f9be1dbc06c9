package config

import (
	"errors"
	"strings"
	"testing"
)

// FuzzFile gives the reader of the file whatever there is. It has to come back
// with a configuration that makes sense or with problems, soon.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		"[DEFAULT]\nbase = debian\n", "[DEFAULT]\nbase: debian\n  more\n# comment\n", "[kolla-build]\nno_cache=1\n[profiles]\na=b,c\n",
		"[nova-base]\ntype=git\nlocation=$tarballs_base/${version}\nsha256=amd64:0\n", "[x-user]\nuid=1\ngid=-1\n", "\xff\xfe[", "\ufeff[DEFAULT]\na=`",
		"[DEFAULT]\ntag=$namespace\nnamespace=$$\\$tag$", "[DEFAULT]\nbuild_args=a:b,:,c\nsecret=id=a,src=b\ncreds=a:b", "[ ]\n[]\n=\n:\n[a]\n \n\t\n",
		"[DEFAULT]\r\nbase = 'debian'\r\n", "[DEFAULT]\ntag=\"\"\"\nx\n", "[1 2]\n3 4 = 5\n[-plugin-]\n-=x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := withFile(text)
		var problems *Error
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("not an error of ours: %v", err)
		}
		if err != nil {
			return
		}
		if c.Threads < 1 || c.PushThreads < 1 || c.Retries < 0 || c.Tag == "" || len(c.Notices) > maxNotices+100 {
			t.Errorf("out of range: %v", c)
		}
		for name, s := range c.Sources {
			if s.Type != "" && s.Enabled && s.Location == "" {
				t.Errorf("source %q has no location", name)
			}
		}
		for name, u := range c.Users {
			if u.UID < 0 || u.GID < 0 {
				t.Errorf("user %q is %v", name, u)
			}
		}
	})
}

// FuzzINI compares the dialect with a plain reading of it: every line that is
// an assignment is found, with its number.
func FuzzINI(f *testing.F) {
	for _, seed := range []string{"[a]\nb=c\n", "[a]\nb:c\n d\n", "[a]\nb=\n c", "[a]\n\vb=c", "[a]\nb='c'\n\n[a]\nb=\"", "[a]\n#=\n;:\n b=c", "[a]\n[=\nb=\x00\n c=d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, problems := parseINI("f", []byte(text))
		found := map[int]statement{}
		for _, s := range doc.statements {
			if found[s.line].line != 0 {
				t.Fatalf("line %d is there twice", s.line)
			}
			found[s.line] = s
		}
		if len(problems) > 0 {
			return
		}
		number := 0
		for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
			number++
			line = strings.TrimRight(line, " \t\r\n\f\v")
			s, ok := found[number]
			isAssignment := line != "" && !strings.ContainsAny(line[:1], "#;[ \t")
			if ok != isAssignment {
				t.Fatalf("line %d, %q: found %v", number, line, ok)
			}
			if ok && !strings.Contains(line, s.key) {
				t.Fatalf("line %d, %q: the key is %q", number, line, s.key)
			}
			// An assignment to nothing may get its value from the lines below it.
			empty := strings.HasSuffix(line, "=") || strings.HasSuffix(line, ":")
			if ok && !empty && !strings.Contains(line, strings.Split(s.value, "\n")[0]) {
				t.Fatalf("line %d, %q: the value is %q", number, line, s.value)
			}
		}
	})
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"$a", "${a}$", "$$$b${", `\$a$`, "${a-b.c}", "$_9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := expand(text, func(name string) (string, error) { return "${" + name + "}", nil })
		if err != nil {
			return
		}
		// What comes of it means the same, unless there was an escape.
		if !strings.Contains(text, "$$") && !strings.Contains(text, `\$`) {
			again, err := expand(got, func(name string) (string, error) { return "${" + name + "}", nil })
			if err != nil || again != got {
				t.Errorf("%q gives %q, and that %q, %v", text, got, again, err)
			}
		}
	})
}
