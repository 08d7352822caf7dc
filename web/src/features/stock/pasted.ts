// The column names every reader of tables knows, whatever the language of the screen.
const HEADER = ['SKU', 'location']

/** Whether a line names columns instead of goods. */
function isHeader(cells: string[]): boolean {
  return cells.some((c) => /^(sku|sku[ _]?(code|\u7f16\u7801|\u7f16\u53f7)|\u7f16\u7801|\u8d27\u53f7|\u5546\u5bb6\u7f16\u7801|\u89c4\u683c\u7f16\u7801|\u5546\u54c1\u7f16\u7801|\u6761\u7801|\u5546\u54c1\u6761\u7801|barcode|location|\u5e93\u4f4d|\u5e93\u4f4d\u53f7|\u8d27\u4f4d|bin|shelf)$/i.test(c))
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/**
 * Rows as they are copied from a sheet (tabs), typed with commas, or a code and a location with
 * blanks between them, as a table with a header. Rows that name no warehouse lie in the given one.
 */
export function locationTable(text: string, warehouse: string): string {
  const rows = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => (line.includes('\t') ? line.split('\t') : /[,\uff0c]/.test(line) ? line.split(/[,\uff0c]/) : line.trim().split(/\s+/)).map((c) => c.trim()))
  const first = rows[0] ?? []
  const named = isHeader(first)
  const own = named && first.length > 2
  const header = own ? first : [...(named ? first : HEADER), 'warehouse']
  const body = (named ? rows.slice(1) : rows).map((cells) => header.map((_, i) => cells[i] || (i === 2 && !own ? warehouse : '')))
  return [header, ...body].map((cells) => cells.map(quoted).join(',')).join('\n')
}
