// Checks the import layers and fails when it saw too little to mean anything:
// a wrong glob or a parser that silently reads nothing must not pass for clean code.
import { spawnSync } from 'node:child_process'

const run = spawnSync('npx', ['--no-install', 'depcruise', 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'], {
  encoding: 'utf8',
  maxBuffer: 1 << 28,
})
if (!run.stdout) {
  console.error(run.stderr)
  process.exit(1)
}
const report = JSON.parse(run.stdout)
const modules = report.modules.filter((m) => m.source.startsWith('src/'))
const edges = modules.flatMap((m) => m.dependencies.filter((d) => d.resolved.startsWith('src/')).map((d) => [m.source, d.resolved]))
for (const layer of ['app', 'pages', 'features', 'ui', 'lib']) {
  const seen = edges.filter(([from]) => from.startsWith(`src/${layer}/`)).length
  if (seen === 0) {
    console.error(`layers: no import seen in src/${layer}; the check read nothing there`)
    process.exit(1)
  }
}
const violations = report.summary.violations.filter((v) => v.rule.severity === 'error')
for (const v of violations) console.error(`layers: ${v.rule.name}: ${v.from} → ${v.to}`)
console.log(`layers: ${modules.length} modules, ${edges.length} imports, ${violations.length} violations`)
process.exit(violations.length ? 1 : 0)
