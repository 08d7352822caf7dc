// node-taobao-topclient (npm): a form, MD5, the machine's wall clock.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { act, china, code, keys, make, ok, plain, shipped, truth, yuan } from './sim.mjs'

const { default: TopClient } = createRequire(import.meta.url)('node-taobao-topclient')
const open = (appsecret) => new TopClient({ appkey: keys.app_key, appsecret, REST_URL: `${plain}/router/rest` })
const shop = open(keys.app_secret)

const grant = JSON.parse(await shop.invoke('taobao.top.auth.token.create', { code: await code() }, ['top_auth_token_create_response', 'token_result'], '', 'POST'))
const session = grant.access_token
assert.ok(session)
ok('token')

// The library reads answers as JavaScript does: numbers beyond 2^53 are rounded, so it
// tells orders apart by tid_str.
const made = await make(5)
const all = await shop.invoke(
  'taobao.trades.sold.increment.get',
  { session, fields: 'tid,tid_str,status,payment', start_modified: china(-600), end_modified: china(5), page_size: 40 },
  ['trades_sold_increment_get_response'], {}, 'POST',
)
assert.equal(all.total_results, 5)
assert.deepEqual(all.trades.trade.map((t) => t.tid_str).sort(), [...made].sort())
for (const trade of all.trades.trade) assert.equal(trade.payment, yuan((await truth(trade.tid_str)).buyer_paid))
ok('list')

const seen = []
for (let page = 1, more = true; more; page++) {
  const answer = await shop.invoke(
    'taobao.trades.sold.get',
    { session, fields: 'tid_str', start_created: china(-600), end_created: china(5), page_no: page, page_size: 2, use_has_next: true },
    ['trades_sold_get_response'], {}, 'GET',
  )
  seen.push(...answer.trades.trade.map((t) => t.tid_str))
  more = answer.has_next
}
assert.deepEqual(seen.sort(), [...made].sort())
ok('page')

const trade = await shop.invoke('taobao.trade.fullinfo.get', { session, fields: 'tid_str,orders', tid: made[0] }, ['trade_fullinfo_get_response', 'trade'], {}, 'POST')
const { full } = await truth(made[0])
assert.deepEqual(trade.orders.order.map((o) => [o.num, o.outer_sku_id]), full.lines.map((l) => [l.quantity, l.code]))
ok('detail')

const sent = await shop.invoke(
  'taobao.logistics.offline.send', { session, tid: made[0], company_code: 'YTO', out_sid: 'YT9030001' },
  ['logistics_offline_send_response', 'shipping', 'is_success'], false, 'POST',
)
assert.equal(sent, true)
await shipped(made[0], 'YT9030001')
ok('ship')

await act(made[1], 'ask_refund')
const refunds = await shop.invoke(
  'taobao.refunds.receive.get', { session, fields: 'refund_id,status,title', start_modified: china(-600), end_modified: china(5) },
  ['refunds_receive_get_response', 'refunds', 'refund'], [], 'POST',
)
assert.deepEqual(refunds.map((r) => r.status), ['WAIT_SELLER_AGREE'])
ok('refunds')

await assert.rejects(open('0'.repeat(32)).invoke('taobao.trades.sold.get', { session, fields: 'tid' }, [], {}, 'POST'), (e) => e.code === 25)
ok('refused')
