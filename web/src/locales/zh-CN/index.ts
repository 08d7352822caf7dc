// The texts that the first page needs, gathered from their files. Those of every other page are in
// rest.ts and arrive with the page, so that a page more does not make the first one slower.
// scripts/i18n.mjs checks that the first page's code names these namespaces only.
const files = import.meta.glob<Record<string, unknown>>(['./catalog.json', './common.json', './effects.json', './events.json', './jobs.json', './orders.json', './review.json', './session.json', './sheet.json', './shell.json'], { eager: true, import: 'default' })

export default Object.fromEntries(Object.entries(files).map(([path, texts]) => [path.slice(2, -5), texts]))
