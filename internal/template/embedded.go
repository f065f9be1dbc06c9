package template

// Embedded tells whether the file is part of the program rather than on disk.
func (f File) Embedded() bool { return f.root.Embedded() }
