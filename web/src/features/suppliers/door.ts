import type { DropshipResult, SupplierDesk } from '@/lib/api/contract'
import { apiUrl } from '@/lib/api/client'
import { ApiError, OFFLINE, toApiError } from '@/lib/api/errors'
import { newKey } from '@/lib/api/key'
import { currentLanguage } from '@/lib/i18n'

const KEPT = 'ordercove.supplier'

/** The token of the link: taken out of the address bar, kept for this tab. */
export function takeToken(): string {
  const given = location.hash.slice(1)
  if (given.startsWith('ocs_')) {
    sessionStorage.setItem(KEPT, given)
    history.replaceState(history.state, '', location.pathname)
  }
  return sessionStorage.getItem(KEPT) ?? ''
}

async function ask(token: string, path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response
  const headers: Record<string, string> = { 'X-Supplier-Token': token, 'Accept-Language': currentLanguage() }
  if (init.body) headers['Content-Type'] = 'application/json'
  if (init.method === 'POST') headers['Idempotency-Key'] = newKey()
  try {
    response = await fetch(apiUrl(path), { ...init, headers, credentials: 'omit' })
  } catch {
    throw new ApiError({ status: 0, code: OFFLINE, detail: '' })
  }
  if (response.ok) return response
  throw toApiError(response, await response.json().catch(() => null))
}

/** What a supplier can do through its door. */
export const door = {
  orders: (token: string, state: string, cursor: string): Promise<SupplierDesk> => ask(token, `/supplier/orders?state=${state}&limit=100&cursor=${encodeURIComponent(cursor)}`).then((r) => r.json() as Promise<SupplierDesk>),
  post: (token: string, path: '/supplier/answer' | '/supplier/ship' | '/supplier/numbers', body: object): Promise<DropshipResult> => ask(token, path, { method: 'POST', body: JSON.stringify(body) }).then((r) => r.json() as Promise<DropshipResult>),
  file: async (token: string): Promise<{ name: string; body: Blob }> => {
    const r = await ask(token, '/supplier/file')
    const named = /filename\*=UTF-8''([^;]+)/.exec(r.headers.get('Content-Disposition') ?? '')
    return { name: named?.[1] ? decodeURIComponent(named[1]) : 'orders.xlsx', body: await r.blob() }
  },
}
