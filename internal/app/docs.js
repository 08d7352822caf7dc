// Renders the OpenAPI document as a list of operations. No dependencies.
const make = (tag, text, cls) => {
  const el = document.createElement(tag)
  if (text !== undefined) el.textContent = text
  if (cls) el.className = cls
  return el
}

let doc

const resolve = (schema) => {
  while (schema && schema.$ref) schema = doc.components.schemas[schema.$ref.split('/').pop()]
  return schema ?? {}
}

const nameOf = (schema) => {
  if (!schema) return ''
  if (schema.$ref) return schema.$ref.split('/').pop()
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : schema.type
  if (schema.items) return `${nameOf(schema.items)}[]`
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(' | ')
  return [type, schema.format].filter(Boolean).join(' ') || 'any'
}

// outline writes a schema as commented JSON, as deep as it is useful.
const outline = (schema, depth = 0, seen = new Set()) => {
  const pad = '  '.repeat(depth)
  const s = resolve(schema)
  if (s.properties && depth < 5 && !seen.has(s)) {
    const below = new Set(seen).add(s)
    const need = new Set(s.required ?? [])
    const lines = Object.entries(s.properties).map(([key, value]) => {
      const notes = [need.has(key) ? '' : 'optional', value['x-class'] ? `class ${value['x-class']}` : '', value.description ?? ''].filter(Boolean).join('; ')
      return `${pad}  "${key}": ${outline(value, depth + 1, below)}${notes ? `  // ${notes}` : ''}`
    })
    return `{\n${lines.join('\n')}\n${pad}}`
  }
  if (s.items) return `[${outline(s.items, depth, seen)}]`
  return nameOf(schema?.$ref && s.properties ? schema : s)
}

const table = (head, rows) => {
  const t = make('table')
  const tr = make('tr')
  for (const h of head) tr.append(make('th', h))
  t.append(tr)
  for (const row of rows) {
    const line = make('tr')
    for (const cell of row) line.append(make('td', cell))
    t.append(line)
  }
  return t
}

const body = (op) => {
  const el = make('div', undefined, 'body')
  el.append(make('p', op.description ?? ''))
  const permission = op['x-permission']
  el.append(make('p', `Permission: ${permission === '' ? 'public' : permission === '-' ? 'any signed-in user' : permission}`))
  if (op.parameters?.length) {
    el.append(make('h4', 'Parameters'), table(['name', 'in', 'type', ''], op.parameters.map((p) => [p.name, p.in, nameOf(p.schema), [p.required ? 'required' : '', p.description ?? ''].filter(Boolean).join('; ')])))
  }
  for (const [type, media] of Object.entries(op.requestBody?.content ?? {})) {
    el.append(make('h4', `Body, ${type}`), make('pre', outline(media.schema)))
  }
  for (const [status, answer] of Object.entries(op.responses ?? {})) {
    const json = answer.content?.['application/json']
    if (!status.startsWith('2')) continue
    el.append(make('h4', `Answer ${status}`))
    if (json) el.append(make('pre', outline(json.schema)))
  }
  el.append(make('h4', 'Error codes'), make('p', (op['x-errors'] ?? []).join(', ')))
  return el
}

const show = () => {
  const list = document.getElementById('list')
  const want = document.getElementById('filter').value.trim().toLowerCase()
  list.replaceChildren()
  const groups = new Map()
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(methods)) {
      const text = `${method} ${path} ${op.operationId} ${op.summary} ${op.description}`.toLowerCase()
      if (want && !text.includes(want)) continue
      const tag = op.tags?.[0] ?? 'other'
      groups.set(tag, [...(groups.get(tag) ?? []), { path, method, op }])
    }
  }
  for (const [tag, ops] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    list.append(make('h2', tag))
    for (const { path, method, op } of ops) {
      const box = make('details')
      const head = make('summary')
      head.append(make('span', method.toUpperCase(), 'method'), make('span', (doc.servers?.[0]?.url ?? '') + path, 'path'), make('span', op.summary, 'what'))
      box.append(head)
      box.addEventListener('toggle', () => { if (box.open && box.children.length === 1) box.append(body(op)) })
      list.append(box)
    }
  }
}

fetch('/openapi.json').then((r) => r.json()).then((d) => {
  doc = d
  document.getElementById('version').textContent = d.info.version
  document.getElementById('about').textContent = d.info.description
  document.getElementById('filter').addEventListener('input', show)
  show()
})
