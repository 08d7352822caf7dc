// Checks the import layers and fails when it saw too little to mean anything:
// a wrong glob or a parser that silently reads nothing must not pass for clean code.
import swc from '@swc/core'
import { createRequire } from 'node:module'

// dependency-cruiser asks swc for TypeScript without JSX; its other parser needs
// TypeScript's JavaScript API, which version 7 no longer has.
const parseFile = swc.parseFileSync.bind(swc)
swc.parseFileSync = (path, options) => parseFile(path, { ...options, tsx: path.endsWith('.tsx') })
const { cruise } = await import('dependency-cruiser')
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs')
process.chdir(new URL('../', import.meta.url).pathname)

const { output } = await cruise(
  ['src'],
  { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true },
  // The same alias as in vite.config.ts and tsconfig.json.
  { alias: { '@': new URL('../src', import.meta.url).pathname }, extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.css', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
)
const modules = output.modules.filter((m) => m.source.startsWith('src/'))
const edges = modules.flatMap((m) => m.dependencies.filter((d) => d.resolved.startsWith('src/')).map((d) => [m.source, d.resolved]))
const layer = (path) => path.split('/')[1]
let failed = false
const fail = (text) => {
  failed = true
  console.error(`layers: ${text}`)
}
for (const [from, to] of [
  ['app', 'features'],
  ['app', 'pages'],
  ['pages', 'features'],
  ['features', 'ui'],
  ['features', 'lib'],
  ['ui', 'lib'],
]) {
  if (!edges.some(([a, b]) => layer(a) === from && layer(b) === to)) fail(`saw no import from ${from} to ${to}; the check read nothing there`)
}
for (const v of output.summary.violations) fail(`${v.rule.name}: ${v.from} → ${v.to}`)
console.log(`layers: ${modules.length} modules, ${edges.length} imports among them, ${output.summary.violations.length} violations`)
process.exit(failed ? 1 : 0)
