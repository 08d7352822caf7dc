// Checks of the texts: zh-CN and en-US have the same keys, placeholders agree,
// zh-CN has full-width punctuation, en-US has no Chinese character, code outside the locales has no Chinese literal,
// and every key that code names exists.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

const src = new URL('../src/', import.meta.url).pathname
const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]/
const problems = []

function load(lang) {
  const out = new Map()
  const dir = join(src, 'locales', lang)
  for (const file of readdirSync(dir).filter((f) => f.endsWith('.json')).sort()) {
    const ns = file.replace('.json', '')
    const walk = (node, path) => {
      for (const [key, value] of Object.entries(node)) {
        const full = `${path}.${key}`
        if (typeof value === 'string') out.set(full, value)
        else walk(value, full)
      }
    }
    walk(JSON.parse(readFileSync(join(dir, file), 'utf8')), ns)
  }
  return out
}

const zh = load('zh-CN')
const en = load('en-US')
// i18next picks _one/_other in English; Chinese has only _other. Compare without the suffix.
const bare = (key) => key.replace(/_(one|other)$/, '')
const zhKeys = new Set([...zh.keys()].map(bare))
const enKeys = new Set([...en.keys()].map(bare))
for (const key of zhKeys) if (!enKeys.has(key)) problems.push(`en-US lacks ${key}`)
for (const key of enKeys) if (!zhKeys.has(key)) problems.push(`zh-CN lacks ${key}`)

const holes = (text) => [...new Set([...text.matchAll(/{{\s*([\w.]+)/g)].map((m) => m[1]))].sort().join(',')
const enByBare = new Map([...en].map(([k, v]) => [bare(k), v]))
for (const [key, text] of zh) {
  const other = enByBare.get(bare(key))
  // {{count}} may be silent in one language («1 order» needs no number word elsewhere).
  const strip = (s) => holes(s).split(',').filter((h) => h && h !== 'count').join(',')
  if (other !== undefined && strip(text) !== strip(other)) problems.push(`placeholders of ${key} differ: ${holes(text)} / ${holes(other)}`)
}
// A half-width mark next to a Chinese character or mark; a placeholder stands for Chinese words.
const HALF = /[\p{Script=Han}\uff0c\u3002\uff1b\uff1a\u3001\uff01\uff1f\u300c\u300d\u201c\u201d\uff08\uff09\u2026}] *[,;:!?()]|[,;:!?()] *[\p{Script=Han}\u300c\u201c\uff08\u2026{]|\p{Script=Han}\.( |$)/u
for (const [key, text] of zh) if (/\p{Script=Han}/u.test(text) && HALF.test(text)) problems.push(`zh-CN ${key} has half-width punctuation: ${text}`)
for (const [key, text] of en) if (CJK.test(text)) problems.push(`en-US ${key} has a Chinese character: ${text}`)
for (const [key, text] of [...zh, ...en]) if (text.trim() === '') problems.push(`${key} is empty`)

function* files(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) {
      if (name !== 'locales' && name !== 'test') yield* files(path)
    } else if (/\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.endsWith('.d.ts')) yield path
  }
}

// The first page comes with the namespaces of zh-CN/index.ts alone; its code names no other.
const bundled = new Set([...readFileSync(join(src, 'locales/zh-CN/index.ts'), 'utf8').matchAll(/'\.\/(\w+)\.json'/g)].map((m) => m[1]))
const kept = new Set([...readFileSync(join(src, 'locales/zh-CN/rest.ts'), 'utf8').matchAll(/'!\.\/(\w+)\.json'/g)].map((m) => m[1]))
if (bundled.size < 3 || [...bundled].sort().join() !== [...kept].sort().join()) problems.push('zh-CN/index.ts and zh-CN/rest.ts do not name the same namespaces')
const FIRST = /^(app|lib|ui|features\/(orders|shell|session))\//

const stripComments = (code) => code.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1')
const used = new Set()
const prefixes = new Set()
let read = 0
for (const path of files(src)) {
  read++
  const code = stripComments(readFileSync(path, 'utf8'))
  const name = relative(src, path)
  // A regular expression of separators is data, not text for people: it is written with \u escapes.
  if (CJK.test(code)) {
    const at = code.split('\n').find((l) => CJK.test(l))
    problems.push(`${name} has a Chinese literal: ${at.trim().slice(0, 80)}`)
  }
  if (FIRST.test(name)) {
    for (const m of code.matchAll(/\b(?:t|textKey)\(\s*['`](\w+)\./g)) if (!bundled.has(m[1])) problems.push(`${name} names a text of ${m[1]}, which the first page does not have`)
  }
  for (const m of code.matchAll(/\bt\(\s*'([\w.-]+)'/g)) used.add(m[1])
  for (const m of code.matchAll(/\bt\(\s*`([\w.-]*)\$\{/g)) prefixes.add(m[1])
  for (const m of code.matchAll(/i18nKey="([\w.-]+)"/g)) used.add(m[1])
  // Keys that travel as data are written as textKey('…') so that this check sees them.
  for (const m of code.matchAll(/textKey\(\s*'([\w.-]+)'/g)) used.add(m[1])
}
for (const key of used) if (!zhKeys.has(bare(key))) problems.push(`code names ${key}, which is in no locale`)
for (const prefix of prefixes) {
  if (!prefix.includes('.')) problems.push(`t(\`${prefix}\${…}\`): a computed key needs a fixed namespace`)
  else if (![...zhKeys].some((k) => k.startsWith(prefix))) problems.push(`no key starts with ${prefix}`)
}
const unused = [...zhKeys].filter((k) => !used.has(k) && ![...prefixes].some((p) => p.includes('.') && k.startsWith(p)))
for (const key of unused) problems.push(`${key} is used nowhere`)

if (read < 10 || zh.size < 50) problems.push(`saw only ${read} files and ${zh.size} texts; the check read nothing`)
for (const p of problems) console.error(`i18n: ${p}`)
console.log(`i18n: ${zh.size} zh-CN, ${en.size} en-US texts, ${read} source files, ${problems.length} problems`)
process.exit(problems.length ? 1 : 0)
