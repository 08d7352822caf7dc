// What every program here knows of the simulator: its shop, and the truth to compare
// with. The truth comes from the administration; a library never sees it.
import assert from 'node:assert/strict'

export const admin = process.env.SIM_ADMIN
export const plain = process.env.SIM_PLAIN
export const shop = JSON.parse(process.env.SIM_SHOP)
export const keys = shop.credentials

export async function ask(method, path, body) {
  const answer = await fetch(`${admin}/shops/${shop.name}/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`)
  return answer.json()
}

/** Makes paid orders to which nothing happens by itself; answers their numbers. */
export const make = async (count) => (await ask('POST', 'orders', { count, paid: true, still: true })).orders
export const truth = (no) => ask('GET', `orders/${no}`)
export const act = (no, what) => ask('POST', `orders/${no}/acts`, { do: what })
export const code = async () => (await ask('POST', 'codes', {})).code
export const cases = async () => (await ask('GET', 'aftersales')).aftersales ?? []

/** The platforms' wall clock, delta seconds from now. */
export const china = (delta = 0) =>
  new Date(Date.now() + (delta + 8 * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' ')

export const yuan = (fen) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

/** The platform's truth has the parcel, once. */
export async function shipped(no, waybill) {
  const order = await truth(no)
  assert.equal(order.status, 'shipped')
  assert.deepEqual(order.waybills, [waybill])
}

export const ok = (step) => console.log(`ok: ${step}`)
