// One file per namespace, gathered here, so that adding a capability's texts changes no shared file.
const files = import.meta.glob<Record<string, unknown>>(['./*.json', '!./catalog.json', '!./common.json', '!./effects.json', '!./events.json', '!./jobs.json', '!./orders.json', '!./review.json', '!./session.json', '!./sheet.json', '!./shell.json'], { eager: true, import: 'default' })

export default Object.fromEntries(Object.entries(files).map(([path, texts]) => [path.slice(2, -5), texts]))
