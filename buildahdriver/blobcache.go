package buildahdriver

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // the libraries' database
	"github.com/sirupsen/logrus"
	"go.podman.io/image/v5/pkg/blobinfocache"
	"go.podman.io/image/v5/types"
	"golang.org/x/sys/unix"
)

// blobCache is the libraries' memory of layers: what they are when compressed, and which
// repositories have them. It is a database that is synced to disk after each of a dozen
// things that they note of an image, which takes longer than all else of a push. So pushes
// work on a copy in memory, in a folder that nobody else sees and that goes with the
// process. What is new there is brought back now and then, and at the end.
type blobCache struct {
	kept string // the folder of the database on disk
	copy string // the folder of that in memory

	mu    sync.Mutex
	saved time.Time
	marks map[string]int64 // the last row of each table that is on disk
}

// blobCacheFile is what the libraries call the database.
const blobCacheFile = "blob-info-cache-v1.sqlite"

const (
	// saveInterval is how long what pushes note may be in memory alone: so much is
	// compressed again after a kill.
	saveInterval = 5 * time.Second
	// maxBlobCache bounds the database on disk, in bytes: the libraries forget nothing.
	// Beyond, it is begun anew.
	maxBlobCache = 16 << 20
)

// openBlobCache copies the database in the folder kept into memory, at the folder dir,
// which is made.
func openBlobCache(kept, dir string) (_ *blobCache, err error) {
	c := &blobCache{kept: kept, copy: dir, saved: time.Now(), marks: map[string]int64{}}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "mode=0700"); err != nil {
		return nil, fmt.Errorf("failed to mount a filesystem in memory: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.unmount())
		}
	}()
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

// system returns settings by which the libraries use the copy.
func (c *blobCache) system(of *types.SystemContext) *types.SystemContext {
	system := *of
	system.BlobInfoCacheDir = c.copy
	return &system
}

// load copies the database.
func (c *blobCache) load() error {
	path := filepath.Join(c.kept, blobCacheFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Size() > maxBlobCache:
		return os.Remove(path)
	}
	// Not as a file: to close one would take away the locks that others here have on it.
	err = withDatabase(path, func(db *sql.DB) error {
		_, err := db.Exec("VACUUM INTO ?", filepath.Join(c.copy, blobCacheFile))
		return err
	})
	if err == nil {
		err = withDatabase(filepath.Join(c.copy, blobCacheFile), func(db *sql.DB) error {
			c.marks, err = lastRows(db, "main")
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("failed to read %s: %w", path, err)
	}
	return nil
}

// saveSometimes is save, if the last time is long ago.
func (c *blobCache) saveSometimes() {
	if !c.mu.TryLock() {
		return // somebody does it
	}
	defer c.mu.Unlock()
	if time.Since(c.saved) >= saveInterval {
		c.save()
	}
}

// save brings what is new to the database on disk, to which other processes may have added
// meanwhile. A failure means that something is compressed again some day.
func (c *blobCache) save() {
	c.saved = time.Now()
	// The libraries make the database, with all of its tables.
	blobinfocache.DefaultCache(&types.SystemContext{BlobInfoCacheDir: c.kept})
	if err := withDatabase(filepath.Join(c.kept, blobCacheFile), c.merge); err != nil {
		logrus.Debugf("failed to keep what is known of layers: %v", err)
	}
}

// merge adds to a database what is new in the copy. A row that was replaced is a new one
// to SQLite.
func (c *blobCache) merge(kept *sql.DB) error {
	if _, err := kept.Exec("ATTACH DATABASE ? AS copy", filepath.Join(c.copy, blobCacheFile)); err != nil {
		return err
	}
	tx, err := kept.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing, after it was committed
	marks, err := lastRows(tx, "copy")
	if err != nil {
		return err
	}
	for table, last := range marks {
		if last == c.marks[table] {
			continue
		}
		query := fmt.Sprintf("INSERT OR REPLACE INTO main.%q SELECT * FROM copy.%q WHERE rowid > ?", table, table)
		if _, err := tx.Exec(query, c.marks[table]); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	c.marks = marks
	return nil
}

// close saves, and lets go of the memory.
func (c *blobCache) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.save()
	return c.unmount()
}

func (c *blobCache) unmount() error {
	if err := unix.Unmount(c.copy, unix.MNT_DETACH); err != nil {
		return fmt.Errorf("failed to unmount %s: %w", c.copy, err)
	}
	return nil
}

// withDatabase opens a database for do. It has one connection, so what is attached is
// there for all statements.
func withDatabase(path string, do func(*sql.DB) error) error {
	db, err := sql.Open("sqlite3", path+"?_txlock=exclusive")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	return errors.Join(do(db), db.Close())
}

// queryer is a database or a transaction.
type queryer interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
}

// lastRows returns the highest row number of each table of a database.
func lastRows(of queryer, database string) (map[string]int64, error) {
	tables, err := tableNames(of, database)
	if err != nil {
		return nil, err
	}
	last := map[string]int64{}
	for _, table := range tables {
		var row sql.NullInt64 // null if it is empty
		if err := of.QueryRow(fmt.Sprintf("SELECT max(rowid) FROM %s.%q", database, table)).Scan(&row); err != nil {
			return nil, err
		}
		last[table] = row.Int64
	}
	return last, nil
}

func tableNames(of queryer, database string) (names []string, err error) {
	rows, err := of.Query("SELECT name FROM " + database + ".sqlite_schema WHERE type = 'table'")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
