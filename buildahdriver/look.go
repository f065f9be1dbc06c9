package buildahdriver

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/pkg/sysregistriesv2"
	"go.podman.io/image/v5/types"
	"go.podman.io/storage"
)

// Catalogue is what a store says of its images, read without opening it: that needs no
// user namespace, takes no lock and makes no file, so it costs a few milliseconds. It
// shows the store at one moment, and does not follow it.
//
// It reads files whose form is containers/storage's own. Whatever is not as expected
// counts as not there, or is an error of [Look]: who then opens the store with [Open]
// learns the truth. A test compares the two.
type Catalogue struct {
	root   string // the folder of the store
	byName map[string]*catalogued
	former map[string][]*catalogued // that have had a name, or have it; the latest first
	byID   map[string]*catalogued
	layers map[string]cataloguedLayer
	pushes *pushes
}

// catalogued is what is used of an image's record in images.json.
type catalogued struct {
	ID     string   `json:"id"`
	Digest string   `json:"digest"`
	Names  []string `json:"names"`
	Layer  string   `json:"layer"`
	Former []string `json:"names-history"`
	Data   []string `json:"big-data-names"`

	Metadata string `json:"metadata"`

	Created time.Time `json:"created"`

	folder string // with the data about it
}

// cataloguedLayer is what is used of a layer's record in layers.json.
type cataloguedLayer struct {
	ID     string         `json:"id"`
	Parent string         `json:"parent"`
	Size   int64          `json:"diff-size"`
	Flags  map[string]any `json:"flags"`
}

// errCannotLook tells that a store has to be opened to know what is in it.
var errCannotLook = errors.New("the store cannot be looked at without opening it")

// Look reads what the store holds that [Open] would open with the same options, with the
// additional stores that storage.conf names. A store that is not there holds nothing.
func Look(options Options) (*Catalogue, error) {
	where, err := storeOptions(options)
	if err != nil {
		return nil, err
	}
	if where.ImageStore != "" {
		return nil, fmt.Errorf("%w: its images are elsewhere", errCannotLook)
	}
	if _, lost := findUnsynced(where.GraphRoot); lost {
		return nil, remediedError{
			fmt.Errorf("%w: the machine was started anew while images were written", errCannotLook),
			"the next build or prune puts that right",
		}
	}
	c := &Catalogue{
		root:   where.GraphRoot,
		byName: map[string]*catalogued{}, former: map[string][]*catalogued{},
		byID: map[string]*catalogued{}, layers: map[string]cataloguedLayer{},
		pushes: newPushes(where.GraphRoot, options),
	}
	for _, root := range append([]string{where.GraphRoot}, additionalStores(where.GraphDriverOptions)...) {
		if err := c.read(root, where.GraphDriverName); err != nil {
			return nil, fmt.Errorf("%w: %w", errCannotLook, err)
		}
	}
	for _, images := range c.former {
		slices.SortStableFunc(images, func(a, b *catalogued) int { return b.Created.Compare(a.Created) })
	}
	return c, nil
}

// additionalStores returns the folders of the stores that are only read, as the library
// hands them to its drivers.
func additionalStores(options []string) []string {
	var roots []string
	for _, option := range options {
		key, root, _ := strings.Cut(option, "=")
		switch key[strings.LastIndexByte(key, '.')+1:] {
		case "imagestore", "additionalimagestore":
			roots = append(roots, root)
		}
	}
	return roots
}

// read adds what is in the store at root. What an earlier one has wins.
func (c *Catalogue) read(root, wanted string) error {
	driver, err := storedBy(root, wanted)
	if err != nil || driver == "" {
		return err
	}
	folder := filepath.Join(root, driver+"-images")
	var images []catalogued
	var layers []cataloguedLayer
	err = errors.Join(
		readJSON(filepath.Join(folder, "images.json"), &images),
		readJSON(filepath.Join(root, driver+"-layers", "layers.json"), &layers),
	)
	if err != nil {
		return err
	}
	for _, layer := range layers {
		if _, found := c.layers[layer.ID]; !found {
			c.layers[layer.ID] = layer
		}
	}
	for i := range images {
		image := &images[i]
		if c.byID[image.ID] != nil {
			continue // and so its names are those of the first one
		}
		image.folder = filepath.Join(folder, image.ID)
		c.byID[image.ID] = image
		for _, name := range image.Former {
			c.former[name] = append(c.former[name], image)
		}
		for _, name := range image.Names {
			if c.byName[name] == nil {
				c.byName[name] = image
			}
		}
	}
	return nil
}

// storedBy returns the name of the storage driver that has made a store, and nothing for
// a store that is not there.
func storedBy(root, wanted string) (string, error) {
	entries, err := os.ReadDir(root) // a path may hold what means something in a pattern
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	var drivers []string
	for _, entry := range entries {
		driver, is := strings.CutSuffix(entry.Name(), "-images")
		if is && (wanted == "" || wanted == driver) {
			drivers = append(drivers, driver)
		}
	}
	switch len(drivers) {
	case 0:
		return "", nil
	case 1:
		return drivers[0], nil
	}
	return "", fmt.Errorf("several drivers have used %s", root)
}

func readJSON(path string, value any) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, value)
}

// Root returns the folder of the store, as [Driver.GraphRoot] does.
func (c *Catalogue) Root() string { return c.root }

// Image returns the image called name, complete with its configuration and all of its
// layers.
func (c *Catalogue) Image(name string) (*Image, bool) {
	local, err := storeName(name)
	if err != nil {
		return nil, false
	}
	stored := c.byName[local.String()]
	if stored == nil {
		return nil, false
	}
	size, complete := c.layersSize(stored.Layer)
	if complete && markOf(stored.Metadata) == markBuilt {
		complete = isComplete(stored.ID, stored.Data) && stored.hasManifest() // as in checkData
	}
	return &Image{Name: local.String(), ID: stored.ID, Digest: stored.Digest, Size: size}, complete
}

// hasManifest tells whether the manifest is there, and what it was. [Catalogue.Label] does the same for
// the configuration.
func (c *catalogued) hasManifest() bool {
	text, err := os.ReadFile(filepath.Join(c.folder, storage.ImageDigestBigDataKey))
	return err == nil && digest.FromBytes(text).String() == c.Digest
}

// layersSize adds up the sizes of a layer and those below it, and tells whether all of
// them are there.
func (c *Catalogue) layersSize(id string) (total int64, complete bool) {
	for range len(c.layers) + 1 {
		if id == "" {
			return total, true
		}
		layer, found := c.layers[id]
		if !found || layer.Flags["incomplete"] != nil {
			break
		}
		total += max(layer.Size, 0)
		id = layer.Parent
	}
	return 0, false
}

// Former returns the id of the latest image that has a label and was called name, or is.
func (c *Catalogue) Former(name, key, value string) (id string, found bool) {
	local, err := storeName(name)
	if err != nil {
		return "", false
	}
	for _, image := range c.former[local.String()] {
		if _, complete := c.layersSize(image.Layer); complete && c.Label(image.ID, key) == value {
			return image.ID, true
		}
	}
	return "", false
}

// Base returns the id of the image that a FROM line names, if the store has it, and
// whether a registry can be asked for a newer one: [Driver.BaseID] finds the same.
func (c *Catalogue) Base(from string) (id string, remote, found bool) {
	if from == Scratch {
		return from, false, true
	}
	local, err := storeName(from)
	if err != nil {
		return "", false, false
	}
	remote = reference.Domain(local) != localDomain
	if image, found := c.Image(local.String()); found {
		return image.ID, remote, true
	}
	// A name without a registry may have been pulled under another one. Where the
	// machine is configured to search several, only the library knows which.
	search, err := sysregistriesv2.UnqualifiedSearchRegistries(&types.SystemContext{})
	if remote || err != nil || len(search) > 0 {
		return "", true, false
	}
	named, err := registryName(from)
	if err != nil {
		return "", true, false
	}
	image, found := c.Image(named.String())
	if !found {
		return "", true, false
	}
	return image.ID, true, true
}

// Label returns a label of the image with an id; nothing if it has none.
func (c *Catalogue) Label(id, key string) string {
	image := c.byID[id]
	if image == nil {
		return ""
	}
	// An image's id is the digest of its configuration, under which that is kept.
	text, err := os.ReadFile(filepath.Join(image.folder, dataFile("sha256:"+id)))
	if sum := sha256.Sum256(text); err != nil || hex.EncodeToString(sum[:]) != id {
		return ""
	}
	return labelOf(text, key)
}

// labelOf returns a label of an image by its configuration, of either format.
func labelOf(configuration []byte, key string) string {
	var image struct {
		Config struct{ Labels map[string]string } `json:"config"`
	}
	if json.Unmarshal(configuration, &image) != nil {
		return ""
	}
	return image.Config.Labels[key]
}

// dataFile returns the name of the file in which the store keeps data about an image
// under a key that is no plain word.
func dataFile(key string) string { return "=" + base64.StdEncoding.EncodeToString([]byte(key)) }

// Imported tells what [Driver.Imported] tells.
func (c *Catalogue) Imported(name, inputs string) bool {
	image, found := c.Image(name)
	return found && c.Label(image.ID, importLabel) == inputs
}
