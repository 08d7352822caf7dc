import type { components } from '@/api/schema'
import type { Answer } from '@/lib/api/answer'

type Schemas = components['schemas']
export type Template = Answer<Schemas['LabelTemplate']>
export type Body = Answer<Schemas['LabelTemplateBody']>
export type Element = Answer<Schemas['LabelElement']>

export const KINDS = ['text', 'code128', 'qr', 'items', 'line', 'box'] as const
export const ALIGNS = ['left', 'center', 'right'] as const

/** The labels that carriers hand out, in millimetres. */
export const SIZES = [
  { width_mm: 76, height_mm: 130 },
  { width_mm: 100, height_mm: 150 },
  { width_mm: 100, height_mm: 180 },
] as const

/** What a template may print, by name; the texts are print's words for them. */
export const FIELDS = [
  'carrier', 'product', 'waybill_no', 'parent_no', 'piece', 'route', 'hub', 'qr', 'receiver_name', 'receiver_phone', 'receiver_address', 'receiver_name_masked', 'receiver_phone_masked',
  'sender_name', 'sender_phone', 'sender_address', 'shop', 'order_nos', 'quantity', 'items', 'buyer_note', 'seller_note', 'services', 'collect', 'batch', 'sequence', 'position', 'weight',
  'printed_at', 'reprint',
] as const
export type FieldName = (typeof FIELDS)[number]

export function isField(name: string): name is FieldName {
  return (FIELDS as readonly string[]).includes(name)
}

/** A template's text with every {name} replaced by what `word` says of it. */
export function filled(text: string, word: (name: FieldName) => string): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (isField(name) ? word(name) : whole))
}

export function sizeKey(size: { width_mm: number; height_mm: number }): string {
  return `${size.width_mm}\u00d7${size.height_mm}`
}

/** Puts what lies beyond the edge of a smaller label back onto it. */
export function onto(body: Body, size: { width_mm: number; height_mm: number }): Body {
  const fit = (e: Element): Element => {
    const width_mm = Math.min(e.width_mm, size.width_mm)
    const height_mm = Math.min(e.height_mm, size.height_mm)
    return { ...e, width_mm, height_mm, x_mm: Math.min(e.x_mm, size.width_mm - width_mm), y_mm: Math.min(e.y_mm, size.height_mm - height_mm) }
  }
  return { ...body, size: { ...size }, elements: body.elements.map(fit) }
}

/** A new element of a kind, where there is always room: the upper left. */
export function fresh(kind: Element['kind']): Element {
  const base = { kind, x_mm: 2, y_mm: 2, width_mm: 30, height_mm: 8 }
  switch (kind) {
    case 'text':
      return { ...base, text: '{shop}', size_pt: 9, least_pt: 5 }
    case 'items':
      return { ...base, height_mm: 20, size_pt: 8, least_pt: 5.5 }
    case 'code128':
      return { ...base, width_mm: 60, height_mm: 14, text: '{waybill_no}', caption: true }
    case 'qr':
      return { ...base, width_mm: 16, height_mm: 16, text: '{qr}', when: 'qr' }
    case 'line':
      return { ...base, height_mm: 0 }
    default:
      return base
  }
}

/** Moves one element in the order of drawing. */
export function moved(list: readonly Element[], at: number, step: -1 | 1): Element[] {
  const out = [...list]
  const to = at + step
  const one = out[at]
  const other = out[to]
  if (one && other) {
    out[at] = other
    out[to] = one
  }
  return out
}
