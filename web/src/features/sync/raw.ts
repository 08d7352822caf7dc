/**
 * JSON with line breaks, character by character: parsing it would change what
 * came (an order number past 2^53 would lose its last digits). Anything else
 * stays as it is.
 */
export function prettyRaw(raw: string): string {
  const text = raw.trim()
  if (!/^[[{]/.test(text)) return raw
  let out = ''
  let depth = 0
  let quoted = false
  const line = () => `\n${'  '.repeat(Math.max(0, depth))}`
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i)
    if (quoted) {
      out += c
      if (c === '\\') out += text.charAt(++i)
      else if (c === '"') quoted = false
      continue
    }
    if (c === '"') {
      quoted = true
      out += c
    } else if (c === '{' || c === '[') {
      const end = c === '{' ? '}' : ']'
      const rest = /^\s*/.exec(text.slice(i + 1))?.[0].length ?? 0
      if (text.charAt(i + 1 + rest) === end) {
        out += c + end
        i += 1 + rest
      } else {
        depth++
        out += c + line()
      }
    } else if (c === '}' || c === ']') {
      depth--
      out += line() + c
    } else if (c === ',') out += c + line()
    else if (c === ':') out += ': '
    else if (!/\s/.test(c)) out += c
  }
  return out
}
