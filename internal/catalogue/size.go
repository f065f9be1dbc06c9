// Package catalogue describes the images that we ship: which of them can be built
// where, and how large they are.
package catalogue

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/BurntSushi/toml"
)

// Size is how much space an image takes up, uncompressed.
type Size struct {
	// Own is what it adds to the image it stands on, and Total all its layers
	// together, both in tenths of a megabyte, a million bytes.
	Own   int64 `toml:"own"`
	Total int64 `toml:"total"`
}

// Sizes has a Size by name of image.
type Sizes map[string]Size

// tenth is the unit of sizes, in bytes. Finer ones would differ from one run to the
// next.
const tenth = 100_000

// NewSizes makes them of the bytes in all layers of each image, and of the names of
// the images that they stand on. What stands on none of them, as base does, is all
// its own.
func NewSizes(totals map[string]int64, parents map[string]string) Sizes {
	sizes := Sizes{}
	for name, total := range totals {
		own := total - totals[parents[name]]
		sizes[name] = Size{Own: rounded(own), Total: rounded(total)}
	}
	return sizes
}

func rounded(bytes int64) int64 { return (bytes + tenth/2) / tenth }

// megabytes prints a number of tenths.
func megabytes(tenths int64) string { return fmt.Sprintf("%d.%d", tenths/10, tenths%10) }

// ReadSizes reads what [Sizes.Write] has written.
func ReadSizes(r io.Reader) (Sizes, error) {
	sizes := Sizes{}
	meta, err := toml.NewDecoder(r).Decode(&sizes)
	if err != nil {
		return nil, fmt.Errorf("failed to read sizes: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("failed to read sizes: unknown key %q", unknown[0])
	}
	for name, size := range sizes {
		if size.Own < 0 || size.Total < size.Own {
			return nil, fmt.Errorf("failed to read sizes: %s cannot have %d of its own of %d", name, size.Own, size.Total)
		}
	}
	return sizes, nil
}

// Write writes them, sorted by name, one a line.
func (s Sizes) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "# The sizes of the images for debian, type binary, in tenths of a megabyte: what each")
	fmt.Fprintln(out, "# adds to the image it stands on, and all its layers. Written by make catalogue.")
	fmt.Fprintln(out)
	for _, name := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(out, "%s = { own = %d, total = %d }\n", name, s[name].Own, s[name].Total)
	}
	return out.Flush()
}
