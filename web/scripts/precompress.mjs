// Writes a gzip and a brotli twin beside every compressible file of dist, so
// that the server sends ready bytes. --gzip-only is for quick local builds.
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync, mkdirSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const gzipOnly = process.argv.includes('--gzip-only')
const dist = new URL('../dist/', import.meta.url).pathname

// The manifest serves the budget check only and does not belong into the binary.
const manifest = join(dist, '.vite/manifest.json')
if (existsSync(manifest)) {
  mkdirSync(new URL('../.build/', import.meta.url), { recursive: true })
  renameSync(manifest, new URL('../.build/manifest.json', import.meta.url))
  rmSync(join(dist, '.vite'), { recursive: true })
}

function* files(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else yield path
  }
}

let count = 0
for (const path of [...files(dist)]) {
  if (!/\.(js|css|html|svg|json|txt)$/.test(path)) continue
  const raw = readFileSync(path)
  // Below one packet a twin saves nothing.
  if (raw.length < 1024) continue
  writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }))
  if (!gzipOnly) {
    writeFileSync(
      `${path}.br`,
      brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }),
    )
  }
  count++
}
if (count === 0) {
  console.error('precompress: found nothing to compress in dist')
  process.exit(1)
}
console.log(`precompress: ${count} files`)
