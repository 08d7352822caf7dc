// Sizes of what a browser loads, read from the built files and Vite's manifest,
// so the figure is the same on every machine. Budgets are in kB of gzip 9.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

// Some forty pages weigh 2 MB together; nobody loads them all, so what counts is each by itself.
const LIMIT = { orders: 270, route: 60, charts: 220, distRaw: 2600 }
const root = new URL('../', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(join(root, '.build/manifest.json'), 'utf8'))

const gz = new Map()
function size(file) {
  if (!gz.has(file)) gz.set(file, gzipSync(readFileSync(join(root, 'dist', file)), { level: 9 }).length)
  return gz.get(file)
}

/** Every file that loading `key` pulls in without a further dynamic import. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key]
  if (!chunk || seen.has(key)) return new Set()
  seen.add(key)
  const out = new Set([chunk.file, ...(chunk.css ?? [])])
  for (const dep of chunk.imports ?? []) for (const f of closure(dep, seen)) out.add(f)
  return out
}

const entryKey = Object.keys(manifest).find((k) => manifest[k].isEntry)
const entry = closure(entryKey)
const pages = Object.keys(manifest).filter((k) => /^src\/pages\/.*\.tsx$/.test(k) && manifest[k].isDynamicEntry)
const orders = pages.find((k) => /\/orders\.tsx$/.test(k))
if (!entryKey || !orders || pages.length < 5) {
  console.error(`budget: entry ${entryKey}, orders ${orders}, ${pages.length} pages: the manifest does not look right`)
  process.exit(1)
}

const kb = (files) => [...files].reduce((sum, f) => sum + size(f), 0) / 1000
let failed = 0
function line(name, value, limit) {
  const over = value > limit
  if (over) failed++
  console.log(`${over ? 'OVER ' : 'ok   '} ${name.padEnd(34)} ${value.toFixed(1).padStart(7)} kB  (limit ${limit})`)
}

const initial = new Set([...entry, ...closure(orders)])
line('initial JS+CSS of /orders, gz', kb(initial), LIMIT.orders)

// A lazy route counts what only it needs beyond the orders page; parts of antd that several
// lazy routes share are vendor code and stay cached between them.
const shared = new Map()
const lazy = pages.filter((k) => k !== orders)
for (const k of lazy) for (const f of closure(k)) if (!initial.has(f)) shared.set(f, (shared.get(f) ?? 0) + 1)
for (const k of lazy) {
  const own = [...closure(k)].filter((f) => !initial.has(f) && shared.get(f) === 1)
  line(`route ${k.replace('src/pages/', '').replace('.tsx', '')}, own gz`, kb(own), LIMIT.route)
}
const charts = Object.values(manifest).find((c) => /assets\/charts-/.test(c.file ?? ''))
if (charts) line('charts chunk, gz', size(charts.file) / 1000, LIMIT.charts)

let raw = 0
const walk = (dir) => {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) walk(path)
    else if (!/\.(br|gz)$/.test(name)) raw += statSync(path).size
  }
}
walk(join(root, 'dist'))
line('dist without twins, raw', raw / 1000, LIMIT.distRaw)
process.exit(failed ? 1 : 0)
