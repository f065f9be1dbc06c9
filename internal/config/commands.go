package config

import "slices"

// Command is what the program does besides building. It is the first
// argument; no image has the name of one.
type Command struct {
	Name string
	// Arguments are what may come after the name; it may be empty.
	Arguments string
	// Words are what Arguments may be, for completion.
	Words []string
	// Options are those that only this command has.
	Options []CommandOption
	// Help is a phrase.
	Help string
}

// Usage returns the name with its arguments.
func (c Command) Usage() string {
	if c.Arguments == "" {
		return c.Name
	}
	return c.Name + " " + c.Arguments
}

// LookupCommand returns the command of a name. There is one.
func LookupCommand(name string) Command {
	commands := Commands()
	return commands[slices.IndexFunc(commands, func(c Command) bool { return c.Name == name })]
}

// Commands returns all commands.
func Commands() []Command {
	return []Command{
		{Name: "genconfig", Arguments: "[FILE]", Help: "write a sample of kolla-build.conf"},
		{Name: "config", Arguments: "[options]", Help: "tell each value, and its origin"},
		{Name: "plan", Arguments: "[options] [REGEX ...]", Help: "tell what would be built, and why", Options: []CommandOption{
			{Name: "format", Short: "f", Metavar: "FORMAT", Choices: []string{"text", "json", "dot"}, Help: "the form of the plan"},
			{Name: "explain", Help: "tell every input that has changed since the last build"},
		}},
		{Name: "images", Arguments: "[options]", Help: "list what the store has"},
		{Name: "prune", Arguments: "[options] [REGEX ...]", Help: "remove what nothing needs", Options: []CommandOption{
			{Name: "all", Help: "remove also images with a name, if they are not in the plan for these options"},
			{Name: "keep-storage", Metavar: "SIZE", Help: "remove what was used the longest ago, until the store is not larger than this, such as 20GB"},
			{Name: "dry-run", Help: "tell what would be removed, and remove nothing"},
			{Name: "format", Short: "f", Metavar: "FORMAT", Choices: []string{"text", "json"}, Help: "the form of the report"},
		}},
		{Name: "check", Arguments: "[options]", Help: "look for damage in the store", Options: []CommandOption{
			{Name: "repair", Help: "remove what is damaged; a build makes it again"},
		}},
		{Name: "doctor", Arguments: "[options]", Help: "check whether this machine can build", Options: []CommandOption{
			{Name: "format", Short: "f", Metavar: "FORMAT", Choices: []string{"text", "json"}, Help: "the form of the report"},
		}},
		{Name: "unshare", Arguments: "[COMMAND ...]", Help: "run a command as the store's owner"},
		{Name: "completion", Arguments: "SHELL", Words: []string{"bash", "zsh", "fish"}, Help: "print completion for bash, zsh or fish"},
		{Name: "man", Help: "print the manual page"},
	}
}

// Example is a command line, and what it is for.
type Example struct{ Line, Help string }

// Examples returns a few examples, for the help and the manual.
func Examples() []Example {
	return []Example{
		{"kolla-build -b debian keystone", "keystone on debian, and its parents"},
		{"kolla-build -b ubuntu ^nova- ^glance-", "all of nova and glance"},
		{"kolla-build --registry 10.0.0.5:5000 --push", "everything, pushed to your registry"},
		{"kolla-build -b debian --bootstrap cron", "without pulling an image from anywhere"},
		{"kolla-build -l keystone", "what keystone stands on, as JSON"},
	}
}
