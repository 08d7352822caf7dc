// wechat-crypto (npm): receives what WeChat pushes to a shop's hook address. That
// address is the runner's, which passes on to who registers.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { act, admin, keys, make, ok, plain } from './sim.mjs'

const Crypt = createRequire(import.meta.url)('wechat-crypto')
const crypt = new Crypt(keys.token, keys.encoding_aes_key, keys.app_id)

const got = []
let echoed = 0
let forged = 0
const server = createServer((request, answer) => {
  let body = ''
  request.on('data', (piece) => (body += piece))
  request.on('end', () => {
    const q = new URL(request.url, 'http://hook').searchParams
    if (request.method === 'GET') {
      echoed++
      answer.end(q.get('echostr'))
      return
    }
    const { Encrypt } = JSON.parse(body)
    if (crypt.getSignature(q.get('timestamp'), q.get('nonce'), Encrypt) !== q.get('msg_signature')) {
      forged++
      answer.writeHead(403).end()
      return
    }
    const { message, id } = crypt.decrypt(Encrypt)
    assert.equal(id, keys.app_id)
    got.push(JSON.parse(message))
    answer.end('success')
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
await fetch(`${process.env.SIM_HOOK}/register`, { method: 'POST', body: `http://127.0.0.1:${server.address().port}` })

assert.equal((await (await fetch(`${plain}/-/check-hook?appid=${keys.app_id}`)).json()).ok, true)
assert.equal(echoed, 1)
ok('echo')

const [no] = await make(1)
await act(no, 'ask_refund')
for (let tries = 0; tries < 300; tries++) {
  await fetch(`${admin}/push`, { method: 'POST' })
  if (got.some((m) => m.Event === 'channels_ec_aftersale_update') && got.some((m) => m.order_info?.order_id === no)) break
  await new Promise((done) => setTimeout(done, 100))
}
assert.ok(got.some((m) => m.Event === 'channels_ec_order_pay' && m.order_info.order_id === no), JSON.stringify(got))
assert.equal(got.find((m) => m.Event === 'channels_ec_aftersale_update').finder_shop_aftersale_status_update.order_id, no)
assert.equal(forged, 0)
ok('push')

// A message that somebody else signed is told apart.
const at = Math.floor(Date.now() / 1000)
const stranger = new Crypt('another token', keys.encoding_aes_key, keys.app_id)
const Encrypt = stranger.encrypt('{}')
const sign = stranger.getSignature(String(at), '1', Encrypt)
const refused = await fetch(`${process.env.SIM_HOOK}/push?timestamp=${at}&nonce=1&msg_signature=${sign}`, { method: 'POST', body: JSON.stringify({ Encrypt }) })
assert.deepEqual([refused.status, forged], [403, 1])
ok('forged')
server.close()
process.exit(0)
