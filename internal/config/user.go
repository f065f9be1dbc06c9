package config

import (
	"fmt"
	"strconv"
	"strings"
)

// User is a user that a service runs as. Its section is called NAME-user.
type User struct {
	// UID and GID are the numbers of the user and of its group.
	UID, GID int
	// Group is the name of the group.
	Group string
}

const userSuffix = "-user"

// userKeys are the keys of a user's section.
var userKeys = []string{"uid", "gid", "group"}

// maxID is the largest id: one more would be -1, which means no id.
const maxID = 1<<32 - 2

// user makes a User of a section's values.
func (r *resolver) user(section string) User {
	u := User{UID: -1, GID: -1, Group: strings.TrimSuffix(section, userSuffix)}
	where := ""
	valid := r.eachValue(section, userKeys, func(key, text string, v given) error {
		where = v.where
		switch key {
		case "uid":
			return parseID(text, &u.UID)
		case "gid":
			return parseID(text, &u.GID)
		case "group":
			if text != "" {
				u.Group = text
			}
		}
		return nil
	})
	if valid && (u.UID < 0 || u.GID < 0) {
		r.problems = append(r.problems, Problem{
			Text:   fmt.Sprintf("%s: section [%s] needs both a uid and a gid", where, section),
			Remedy: "no user of that name is known: add what is missing, or mend the name",
		})
	}
	return u
}

func parseID(text string, id *int) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > maxID {
		return fmt.Errorf("%q is not an id: want a whole number from 0 to %d", text, maxID)
	}
	*id = int(n)
	return nil
}
