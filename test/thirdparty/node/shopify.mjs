// shopify-api-node (npm): its base address is set, all else is as it comes.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { keys, make, ok, plain, shipped, truth, yuan } from './sim.mjs'

const Shopify = createRequire(import.meta.url)('shopify-api-node')
function open(accessToken) {
  const shop = new Shopify({ shopName: keys.shop_domain, accessToken, apiVersion: '2024-10' })
  const { protocol, hostname, port } = new URL(plain)
  shop.baseUrl = { protocol, hostname, port }
  return shop
}
const shop = open(keys.access_token)
const made = await make(5)
const since = new Date(Date.now() - 600_000).toISOString()

const all = await shop.order.list({ status: 'any', updated_at_min: since, limit: 250 })
const number = (o) => String(o.id)
assert.deepEqual(all.map(number).sort(), [...made].sort())
for (const order of all) assert.equal(order.total_price, yuan((await truth(number(order))).buyer_paid))
ok('list')

const seen = []
for (let params = { status: 'any', limit: 2 }; params; ) {
  const page = await shop.order.list(params)
  seen.push(...page.map(number))
  params = page.nextPageParameters
}
assert.deepEqual(seen.sort(), [...made].sort())
ok('page')

const { id } = all.find((o) => number(o) === made[0])
const order = await shop.order.get(id)
const { full } = await truth(made[0])
assert.deepEqual(order.line_items.map((l) => [l.quantity, l.sku]), full.lines.map((l) => [l.quantity, l.code]))
assert.equal((await shop.shop.get()).myshopify_domain, keys.shop_domain)
ok('detail')

const [todo] = await shop.order.fulfillmentOrders(id)
await shop.fulfillment.createV2({
  line_items_by_fulfillment_order: [{ fulfillment_order_id: todo.id }],
  tracking_info: { number: 'SF902100', company: 'SF Express' },
})
await shipped(made[0], 'SF902100')
ok('ship')

await assert.rejects(open(`shpat_${'0'.repeat(32)}`).order.list(), (e) => e.response.statusCode === 401)
ok('refused')
