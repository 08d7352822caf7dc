import { afterEach, expect, test, vi } from 'vitest'
import { api, onSignedOut } from './client'
import { ApiError } from './errors'
import { newKey } from './key'

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const fetch = vi.fn(async (_request: Request) => new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } }))
  vi.stubGlobal('fetch', fetch)
  return () => fetch.mock.calls[0]?.[0] as Request
}

afterEach(() => vi.unstubAllGlobals())

test('a read carries the language and no key; empty filters are left out', async () => {
  const request = answer(200, { items: [] })
  await api.get('/orders', { query: { state: ['shipped', 'closed'], q: '', flag: undefined } })
  expect(new URL(request().url).pathname + new URL(request().url).search).toBe('/api/v1/orders?state=shipped&state=closed')
  expect(request().headers.get('Accept-Language')).toBe('zh-CN')
  expect(request().headers.has('Idempotency-Key')).toBe(false)
})

test('every write carries an idempotency key, a given one when the same intent is repeated', async () => {
  const first = answer(200, {})
  await api.post('/orders/{id}/close', { reason: 'x' }, { path: { id: '42' } })
  expect(first().headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/)
  expect(new URL(first().url).pathname).toBe('/api/v1/orders/42/close')
  const second = answer(200, {})
  await api.post('/orders/{id}/close', {}, { path: { id: '42' }, key: 'same' })
  expect(second().headers.get('Idempotency-Key')).toBe('same')
})

test('a problem becomes an ApiError with code, text, fields and request number', async () => {
  answer(409, { code: 'order.refund_open', detail: '退款处理中', request_id: 'r-1', errors: [{ location: 'body.id', message: '…' }] })
  const error = await api.post('/exports').catch((e: unknown) => e)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 409, code: 'order.refund_open', detail: '退款处理中', requestId: 'r-1', fields: [{ location: 'body.id' }] })
})

test('a lost connection is an ApiError whose outcome is unknown', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('failed'))))
  const error = await api.post('/exports').catch((e: unknown) => e)
  expect(error).toMatchObject({ code: 'web.offline', outcomeUnknown: true })
})

test('an ended session is announced once to whoever listens', async () => {
  answer(401, { code: 'iam.not_signed_in', detail: '…' })
  const listener = vi.fn()
  const stop = onSignedOut(listener)
  await api.get('/me').catch(() => undefined)
  stop()
  expect(listener).toHaveBeenCalledTimes(1)
})

test('a file travels as a form whose boundary the browser chooses', async () => {
  const request = answer(201, {})
  const form = new FormData()
  form.append('files', new File(['a,b'], 'orders.csv'))
  await api.post('/imports', form)
  expect(request().headers.get('Content-Type')).toMatch(/^multipart\/form-data; boundary=/)
  expect(await request().text()).toContain('orders.csv')
})

test('keys are valid without crypto.randomUUID', () => {
  vi.stubGlobal('crypto', { getRandomValues: (b: Uint8Array) => b.fill(7) })
  expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
