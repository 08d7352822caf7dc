// @woocommerce/woocommerce-rest-api (npm), WooCommerce's own: OAuth 1.0a over http.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { act, keys, make, ok, shipped, shop as simulated, truth, yuan } from './sim.mjs'

const Api = createRequire(import.meta.url)('@woocommerce/woocommerce-rest-api').default
const open = (consumerSecret) =>
  new Api({ url: simulated.base_url, consumerKey: keys.consumer_key, consumerSecret, version: 'wc/v3', axiosConfig: { proxy: false } })
const shop = open(keys.consumer_secret)
const made = await make(5)
const since = new Date(Date.now() - 600_000).toISOString().slice(0, 19)

const all = await shop.get('orders', { per_page: 100, status: ['processing'], modified_after: since, dates_are_gmt: true, orderby: 'modified', order: 'asc' })
assert.deepEqual(all.data.map((o) => String(o.number)).sort(), [...made].sort())
for (const order of all.data) assert.equal(order.total, yuan((await truth(order.number)).buyer_paid))
ok('list')

const seen = []
for (let page = 1, pages = 1; page <= pages; page++) {
  const answer = await shop.get('orders', { per_page: 2, page })
  pages = Number(answer.headers['x-wp-totalpages'])
  seen.push(...answer.data.map((o) => String(o.number)))
}
assert.deepEqual(seen.sort(), [...made].sort())
ok('page')

const id = (no) => all.data.find((o) => String(o.number) === no).id
const order = (await shop.get(`orders/${id(made[0])}`)).data
const { full } = await truth(made[0])
assert.deepEqual(order.line_items.map((l) => [l.quantity, l.sku]), full.lines.map((l) => [l.quantity, l.code]))
ok('detail')

const answer = await shop.put(`orders/${id(made[0])}`, {
  status: 'completed',
  meta_data: [{ key: '_wc_shipment_tracking_items', value: [{ tracking_provider: 'SF', tracking_number: 'SF901100' }] }],
})
assert.equal(answer.data.status, 'completed')
await shipped(made[0], 'SF901100')
ok('ship')

await act(made[1], 'ask_refund')
await act(made[1], 'grant_refund')
const refunds = (await shop.get(`orders/${id(made[1])}/refunds`)).data
assert.deepEqual(refunds.map((r) => r.amount), [yuan((await truth(made[1])).refunded)])
ok('refunds')

await assert.rejects(open(`cs_${'0'.repeat(40)}`).get('orders'), (e) => e.response.status === 401 && e.response.data.code === 'woocommerce_rest_authentication_error')
ok('refused')
