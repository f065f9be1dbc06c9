package source

import (
	"net/url"

	"github.com/kolla-build/kolla-build/internal/redact"
)

// shown returns a URL that may be shown.
func shown(u *url.URL) string { return redact.URL(u) }
