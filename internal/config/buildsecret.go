package config

import (
	"errors"
	"fmt"
	"strings"
)

// BuildSecret is a secret that RUN --mount=type=secret can see. The
// configuration knows where it is kept, and never the secret itself.
type BuildSecret struct {
	// ID is the name under which a Dockerfile asks for it.
	ID string
	// File is the file that holds it; empty means that Env does.
	File string
	// Env is the environment variable that holds it; empty means that File
	// does.
	Env string
}

// String returns the text that --secret takes.
func (s BuildSecret) String() string {
	if s.Env != "" {
		return "id=" + s.ID + ",env=" + s.Env
	}
	return "id=" + s.ID + ",src=" + s.File
}

// parseBuildSecret reads id=ID,src=FILE or id=ID,env=NAME, with the other
// spellings that docker and buildah take: source for src, and a type. A value
// of another form is not repeated, because it may be the secret.
func parseBuildSecret(value string) (BuildSecret, error) {
	var s BuildSecret
	var kind string
	fields := map[string]*string{"id": &s.ID, "src": &s.File, "source": &s.File, "env": &s.Env, "type": &kind}
	for part := range strings.SplitSeq(value, ",") {
		key, text, _ := strings.Cut(part, "=")
		field := fields[strings.TrimSpace(key)]
		if field == nil || text == "" {
			return BuildSecret{}, errors.New("the value is neither id=ID,src=FILE nor id=ID,env=NAME")
		}
		*field = text
	}
	switch {
	case s.ID == "":
		return BuildSecret{}, errors.New("the secret has no id: want id=ID,src=FILE or id=ID,env=NAME")
	case (s.File == "") == (s.Env == ""):
		return BuildSecret{}, fmt.Errorf("secret %q is to come from a file or from the environment: want id=ID,src=FILE or id=ID,env=NAME", s.ID)
	case kind != "" && kind != "file" && kind != "env", kind == "file" && s.File == "", kind == "env" && s.Env == "":
		return BuildSecret{}, fmt.Errorf("secret %q is not of the type it says", s.ID)
	}
	return s, nil
}
