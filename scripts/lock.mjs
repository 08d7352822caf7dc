// lock completes web/package-lock.json. A registry that carries only some builds of a
// native package leaves the others out of the lock file, and npm ci then refuses it
// everywhere. This adds the missing optional builds by name, version and machine.
//
//   node scripts/lock.mjs web/package-lock.json      after every npm install
import { readFileSync, writeFileSync } from 'node:fs'

const file = process.argv[2]
const lock = JSON.parse(readFileSync(file, 'utf8'))
const packages = lock.packages

// found looks a dependency up the way Node resolves it, from the innermost folder out.
function found(from, name) {
  for (let dir = from; ; dir = dir.slice(0, Math.max(0, dir.lastIndexOf('/node_modules/')))) {
    if (packages[`${dir ? dir + '/' : ''}node_modules/${name}`]) return true
    if (!dir) return false
    if (!dir.includes('/node_modules/')) return Boolean(packages[`node_modules/${name}`])
  }
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix']

// machine reads os, cpu and libc from a name such as core-linux-arm64-musl.
function machine(name) {
  const parts = name.split('/').pop().split('-')
  const at = parts.findIndex((p) => systems.includes(p))
  if (at < 0 || !parts[at + 1]) return undefined
  const abi = parts[at + 2] ?? ''
  const libc = parts[at] === 'linux' && abi ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {}
  return { cpu: [parts[at + 1]], libc, os: [parts[at]] }
}

let added = 0
for (const [from, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const fits = machine(name)
    if (!/^\d/.test(version) || !fits || found(from, name)) continue
    // The order of the fields is npm's own, so that it finds nothing to rewrite.
    const dev = entry.dev ? { dev: true } : {}
    packages[`node_modules/${name}`] = { version, cpu: fits.cpu, ...dev, ...fits.libc, optional: true, os: fits.os }
    added++
  }
}
if (added > 0) {
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, JSON.stringify(lock, null, 2) + '\n')
}
console.log(`${file}: ${added} builds added`)
