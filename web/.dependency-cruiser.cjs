// The layers of the interface: app → pages → features → ui → lib.
// api (generated types) and locales (texts) are leaves that lib and everything above may read.
const order = ['lib', 'ui', 'features', 'pages', 'app']

const upward = order.slice(0, -1).map((layer, rank) => ({
  name: `${layer}-imports-downward-only`,
  comment: `${layer} may import only lower layers`,
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: '\\.test\\.tsx?$' },
  to: { path: `^src/(${order.slice(rank + 1).join('|')})/` },
}))

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'features-do-not-know-each-other',
      comment: 'Two features meet in a page, or share what they need through ui or lib',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/([^/]+)/', pathNot: '^src/features/$1/' },
    },
    {
      name: 'pages-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/pages/([^/]+)', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^src/pages/', pathNot: '^src/pages/$1' },
    },
    {
      name: 'leaves-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/(api|locales)/' },
      to: { path: '^src/(lib|ui|features|pages|app)/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.tsx?$|^src/test/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-dev', 'unknown'] },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
