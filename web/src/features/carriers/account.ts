import type { CarrierAccount, CarrierConnection } from '@/lib/api/contract'
import { defined } from '@/lib/defined'

/** The account form as it stands. Credentials hold only what was typed now. */
export interface AccountDraft {
  kind: CarrierAccount['kind']
  carrier?: string
  shop_id?: string
  name: string
  branch: string
  branch_name: string
  base_url: string
  credentials: Record<string, string>
  product: string
  template: string
  low_at: number
  enabled: boolean
  shop_ids: string[]
  warehouse_ids: string[]
  /** null: the one that is stored stays. */
  sender: Sender | null
}

export interface Sender {
  name: string
  phone: string
  province: string
  city: string
  district: string
  detail: string
}

export const NO_SENDER: Sender = { name: '', phone: '', province: '', city: '', district: '', detail: '' }

export function accountDraft(a: CarrierAccount | null): AccountDraft {
  return {
    kind: a?.kind ?? 'carrier',
    carrier: a?.carrier,
    shop_id: a && a.shop_id !== '0' ? a.shop_id : undefined,
    name: a?.name ?? '',
    branch: a?.branch ?? '',
    branch_name: a?.branch_name ?? '',
    base_url: a?.base_url ?? '',
    credentials: { ...a?.shown },
    product: a?.product ?? '',
    template: a?.template ?? '',
    low_at: a?.low_at ?? 100,
    enabled: a?.enabled ?? true,
    shop_ids: a?.shop_ids ?? [],
    warehouse_ids: a?.warehouse_ids ?? [],
    sender: a?.sender ? null : NO_SENDER,
  }
}

const wholeSender = (s: Sender) => [s.name, s.phone, s.province, s.city, s.detail].every((text) => text.trim() !== '')
const emptySender = (s: Sender) => Object.values(s).every((text) => text.trim() === '')

/** Whether the form can be sent; the server judges again. */
export function wholeAccount(d: AccountDraft, a: CarrierAccount | null, offer: CarrierConnection | undefined): boolean {
  if (!d.carrier || d.name.trim() === '' || (d.kind === 'channel' && !d.shop_id)) return false
  if (d.sender && !emptySender(d.sender) && !wholeSender(d.sender)) return false
  if (d.kind !== 'carrier') return true
  return Boolean(offer) && (offer?.credentials ?? []).every((c) => c.optional || (d.credentials[c.name] ?? '').trim() !== '' || a?.given.includes(c.name))
}

/** What is sent: of a change, only what may have changed. */
export function accountBody(d: AccountDraft, a: CarrierAccount | null) {
  const typed = Object.fromEntries(Object.entries(d.credentials).filter(([name, value]) => value.trim() !== '' && value.trim() !== a?.shown[name]))
  const direct = d.kind === 'carrier'
  return defined({
    version: a?.version,
    kind: a ? undefined : d.kind,
    carrier: a ? undefined : d.carrier,
    shop_id: a || d.kind !== 'channel' ? undefined : d.shop_id,
    name: d.name.trim(),
    branch: d.branch.trim(),
    branch_name: d.branch_name.trim(),
    base_url: direct ? d.base_url.trim() : undefined,
    credentials: direct && Object.keys(typed).length > 0 ? typed : undefined,
    product: d.product,
    template: d.template.trim(),
    low_at: d.low_at,
    enabled: d.enabled,
    shop_ids: d.shop_ids,
    warehouse_ids: d.warehouse_ids,
    sender: d.sender && !emptySender(d.sender) ? d.sender : undefined,
  })
}
