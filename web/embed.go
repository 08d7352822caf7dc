// Package web carries the built browser interface inside the binary.
//
// Owns: the embedded file tree of web/dist. Does not own: how the files are
// served (internal/app) nor how they are built (npm run build in this folder).
//
// web/dist is not committed except for dist/.keep, so that this package
// compiles on a machine without Node; Dist then holds no index.html and the
// server says that the interface is absent.
package web

import "embed"

// Dist holds the files of web/dist below the directory "dist": index.html,
// assets/* and, beside each compressible file, its .br and .gz twin.
//
//go:embed all:dist
var Dist embed.FS
