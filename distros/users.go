package distros

// User is a user that a service runs as.
type User struct {
	UID int `toml:"uid"`
	GID int `toml:"gid"`
	// Group is the name of the user's group, mostly the user's own name.
	Group string `toml:"group"`
}

// Users returns the users that images may create, by name.
func Users() (map[string]User, error) {
	users := map[string]User{}
	if err := decode(usersFile, &users); err != nil {
		return nil, err
	}
	for name, user := range users {
		if user.Group == "" {
			user.Group = name
			users[name] = user
		}
	}
	return users, nil
}
