package repositories

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// files is the scheme since 2025.2, in both of its forms. A repository that the
// distro does not have is an error.
func (r Repositories) files(target Target, names []string, mode string) (string, error) {
	known, err := r.known(target)
	if err != nil {
		return "", err
	}
	var command strings.Builder
	for i, name := range names {
		described, ok := known.byName[name].(repo)
		if !ok {
			return "", errorf("KeyError", "repos.yaml has no repository %q for %s on %s\nadd it to a file of your own: --repos-yaml",
				name, target.Distro, target.Arch)
		}
		step, wanted, err := r.step(target, name, described, mode)
		if err != nil {
			return "", err
		}
		command.WriteString(step)
		if wanted && i != len(names)-1 {
			command.WriteString(" && ")
		}
	}
	return command.String(), nil
}

// step returns what is to be done for one repository, and whether another step
// is joined to it: the Python tool does so even to some empty ones.
func (r Repositories) step(target Target, name string, described repo, mode string) (step string, joined bool, err error) {
	switch target.PackageType + " " + mode {
	case "rpm enable":
		step, err = r.dnfEnable(name, described)
		return step, true, err
	case "rpm disable":
		if truth(described["distro"]) {
			title, err := described.must(name, "name")
			return "dnf config-manager --disable " + title + " || true", false, err
		}
	case "deb enable":
		if r.Scheme == Merged && truth(described["distro"]) {
			return "", false, nil
		}
		step, err = r.apt(target, name, described)
		return step, true, err
	}
	return "", false, nil
}

// known returns the repositories of a target. Sections that say more about it
// win over those that say less.
func (r Repositories) known(target Target) (repos, error) {
	if r.Scheme == Files {
		sections := r.Tree
		if r.User != nil {
			sections = r.User
		}
		return overlay(sections, target, func(_, upper any) any { return upper }), nil
	}
	known := overlay(withUser(r.Tree, r.User), target, mergeRepos)
	return known, r.checkShared(target, known)
}

// withUser lays a user's sections over the tree's, a repository at a time.
func withUser(tree, user Sections) Sections {
	all := maps.Clone(tree)
	for name, section := range user {
		both := repos{byName: map[string]any{}}
		for _, s := range []repos{tree[name], section} {
			for _, repository := range s.names {
				both.set(repository, s.byName[repository])
			}
		}
		all[name] = both
	}
	return all
}

func overlay(sections Sections, target Target, join func(lower, upper any) any) repos {
	result := repos{byName: map[string]any{}}
	for _, section := range []string{target.PackageType, target.Distro, target.Distro + "-" + target.Arch} {
		for _, name := range sections[section].names {
			value := sections[section].byName[name]
			if lower, ok := result.byName[name]; ok {
				value = join(lower, value)
			}
			result.set(name, value)
		}
	}
	return result
}

// places are the keys that say where the packages are.
var places = []string{"baseurl", "metalink", "mirrorlist", "url"}

// mergeRepos merges two descriptions. One that now has a place of its own is no
// longer the distro's.
func mergeRepos(lower, upper any) any {
	a, isRepo := lower.(repo)
	b, areRepos := upper.(repo)
	if !isRepo || !areRepos {
		return upper
	}
	merged := maps.Clone(a)
	maps.Copy(merged, b)
	if slices.ContainsFunc(places, func(key string) bool { _, ok := merged[key]; return ok }) {
		delete(merged, "distro")
	}
	return merged
}

// checkShared refuses a user's repository that takes the place of one of the
// distro's, if others of the distro's stand in the same file: it is removed.
func (r Repositories) checkShared(target Target, known repos) error {
	if target.PackageType != "rpm" || r.User == nil {
		return nil
	}
	before := overlay(r.Tree, target, mergeRepos)
	var replaced, left []string
	groups := map[string]bool{}
	for _, name := range known.names {
		old, _ := before.byName[name].(repo)
		now, _ := known.byName[name].(repo)
		if !truth(now["distro"]) && truth(old["distro"]) {
			replaced = append(replaced, name)
			if group := old["file_group"]; truth(group) {
				groups[str(group)] = true
			}
		}
	}
	for _, name := range known.names {
		now, _ := known.byName[name].(repo)
		group, grouped := now["file_group"]
		if truth(now["distro"]) && grouped && groups[str(group)] {
			left = append(left, name)
		}
	}
	if len(left) == 0 {
		return nil
	}
	slices.Sort(replaced)
	slices.Sort(left)
	return errorf("ValueError", "your repositories (%s) take the place of the distro's, whose file is removed, but it has others too: %s\nwrite these into your --repos-yaml as well",
		strings.Join(replaced, ", "), strings.Join(left, ", "))
}

// must returns the text of a key that a description has to have.
func (d repo) must(name, key string) (string, error) {
	value, ok := d[key]
	if !ok {
		return "", errorf("KeyError", "repository %q has no %s\nadd it in repos.yaml", name, key)
	}
	return str(value), nil
}

// dnfEnable writes the file of an RPM repository. One that the distro has is
// just switched on.
func (r Repositories) dnfEnable(name string, described repo) (string, error) {
	title, err := described.must(name, "name")
	if err != nil {
		return "", err
	}
	own := !truth(described["distro"])
	file := "/etc/yum.repos.d/" + name + ".repo"
	var b strings.Builder
	add := func(format string, args ...any) {
		fmt.Fprintf(&b, " && echo '"+format+"' >>"+file, args...)
	}
	if !own {
		fmt.Fprintf(&b, "dnf config-manager --enable %s || true", title)
	} else {
		if r.Scheme == Merged {
			fmt.Fprintf(&b, "grep -rlF '[%s]' /etc/yum.repos.d/ 2>/dev/null | xargs -r rm -f && ", title)
		}
		fmt.Fprintf(&b, "echo '[%s]' >%s", title, file)
		add("name=%s", title)
		add("enabled=1")
		for _, key := range []string{"gpgcheck", "repo_gpgcheck"} {
			if truth(described[key]) {
				add("%s=%s", key, str(described[key]))
			}
		}
		if r.Scheme == Merged && !described.hasPlace() {
			return "", errorf("ValueError", "repository %q has no baseurl, metalink or mirrorlist\nadd one in repos.yaml", name)
		}
		keys, err := described.must(name, "gpgkey")
		if err != nil {
			return "", err
		}
		for i, key := range lines(keys) {
			if i == 0 {
				add("gpgkey=%s", key)
			} else {
				add("       %s", key)
			}
		}
	}
	if own || r.Scheme == Files {
		described.addPlace(add)
	}
	return b.String(), nil
}

func (d repo) hasPlace() bool {
	return slices.ContainsFunc([]string{"baseurl", "metalink", "mirrorlist"}, func(key string) bool { _, ok := d[key]; return ok })
}

// addPlace writes where the packages are. Only a baseurl may be several.
func (d repo) addPlace(add func(string, ...any)) {
	if urls, ok := d["baseurl"]; ok {
		for _, url := range lines(str(urls)) {
			add("baseurl=%s", url)
		}
		return
	}
	for _, key := range []string{"metalink", "mirrorlist"} {
		if value, ok := d[key]; ok {
			add("%s=%s", key, str(value))
			return
		}
	}
}

// apt writes the file of a Debian repository, in the format deb822.
func (r Repositories) apt(target Target, name string, described repo) (string, error) {
	values := map[string]string{}
	for _, key := range []string{"gpg_key", "suite", "component", "url"} {
		value, err := described.must(name, key)
		if err != nil {
			return "", err
		}
		values[key] = value
	}
	key := "/etc/kolla/apt-keys/" + values["gpg_key"]
	suite := values["suite"]
	if r.Scheme == Merged {
		if strings.HasPrefix(values["gpg_key"], "/") {
			key = values["gpg_key"]
		}
		suite = strings.ReplaceAll(suite, "{openstack_release_codename}", strings.ToLower(target.Codename))
	}
	file := "/etc/apt/sources.list.d/" + name + ".sources"
	command := fmt.Sprintf("echo 'Uris: %s' >%[2]s && echo 'Components: %[3]s' >>%[2]s && echo 'Types: deb' >>%[2]s"+
		" && echo 'Suites: %[4]s' >>%[2]s && echo 'Signed-By: %[5]s' >>%[2]s",
		values["url"], file, values["component"], suite, key)
	if r.Scheme == Merged && truth(described["trusted"]) {
		command += " && echo 'Trusted: yes' >>" + file
	}
	if arch, ok := described["arch"]; ok {
		command += fmt.Sprintf(" && echo 'Architectures: %s' >>%s", str(arch), file)
	}
	return command, nil
}
