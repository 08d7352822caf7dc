import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Simulator } from './support/simulator.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick, type Page } from './support/test.ts'

// What is rarely opened: both ways of an order by a transit warehouse, how parcels are
// verified, a label printed again at the bench, and labels printed by the browser itself
// on the print component of its machine.

const XHS = [
  '订单号,订单状态,售后状态,订单类型,收件人姓名,收件人电话,收件人地址,省,市,区,小红书编码,规格ID,SKU名称,SKU规格,SKU件数,是否为赠品,商品总价(元),用户应付金额(元),平台优惠(元),店铺优惠(元),支付渠道优惠(元),SKU商家改价(元),商家应收金额(元)（支付金额）,支付方式,支付时间,包裹总运费(元),快递公司,快递单号,订单创建时间,承诺发货时间,订单发货时间,订单完成时间,用户备注,包裹备注信息,店铺名称,用户编号,集运类型',
  'P800000000000000001,待配货,无售后,普通订单,周*,138****0001,中转仓 3 号门,陕西省,西安市,雁塔区,TEA,595560201298,明前龙井,100g,1,否,99.00,99.00,0.00,0.00,0.00,0.00,99.00,微信,{paid},0.00,,,{paid},,,,,,山野小铺,u55,新疆集运',
].join('\r\n')

async function settled(page: Page): Promise<void> {
  await expect(page.locator('main')).toBeVisible()
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: /^(加载中|Loading)/ })).toHaveCount(0)
}

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  await picture(page, `corners-${name}`)
  await accessible(page, name)
  await fits(page, name)
}

const failing = (page: Page, path: string, status = 500) =>
  page.route(path, (route) => route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ title: 'x', status, code: 'internal', detail: '服务器出错了', request_id: 'req-1' }) }))

async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
}

/** The open fulfillment orders of an order, once it is allocated. */
async function shipped(api: Api, order: string): Promise<string[]> {
  let found: { id: string }[] = []
  await expect
    .poll(async () => {
      found = (await api.call('GET', `/fulfillment-orders?order_id=${order}`)).items
      if (found.length === 0) await api.call('POST', '/fulfillment-orders/allocate', { order_ids: [order] })
      return found.length
    })
    .toBeGreaterThan(0)
  return found.map((f) => f.id)
}

interface House {
  api: Api
  orders: string[]
  transit: string
  label: string
}

/** Orders with goods on the shelf: two of a shop of our own, one by a transit warehouse, two of a channel that prints its own labels. */
async function house(server: Server, sim: Simulator): Promise<House> {
  const api = new Api(server.url)
  await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '青禾茶铺', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
  const warehouse = (await api.call('GET', '/warehouses')).items[0]
  const sku = await api.call('POST', '/skus', { product_name: '明前龙井', code: 'TEA', barcodes: ['6901234000015'], weight_gram: 200 })
  await api.call('POST', '/stock/adjust', { sku_id: sku.id, warehouse_id: warehouse.id, set_to: 100, reason: '期初' })
  const shop = await api.call('POST', '/shops', { channel: 'generic', name: '青禾门店', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: true })
  const sender = { name: '云杉仓', phone: '13800000002', province: '浙江省', city: '杭州市', district: '余杭区', detail: '良睦路 9 号' }
  const account = await api.call('POST', '/carrier-accounts', { kind: 'numbers', carrier: 'YTO', name: '手边的号', sender, shop_ids: [shop.id] })
  await api.call('POST', `/carrier-accounts/${account.id}/numbers`, { numbers: ['YT2600000001001', 'YT2600000001002'] })
  const made = await api.call('POST', '/orders', {
    shop_id: shop.id,
    channel_order_no: 'C-1',
    paid: true,
    receiver: { name: '沈知夏', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路 1 号' },
    lines: [{ sku_id: sku.id, quantity: 2, price_fen: 3900 }],
  })
  const transit = await byTransit(api, sku.id)
  const channel = await bySelf(api, sim, sku.id)
  await api.call('POST', '/fulfillment-orders/allocate', { order_ids: [made.order_id, ...channel] }).catch(() => undefined)
  return { api, orders: [made.order_id, ...channel], transit, label: 'YT2600000001001' }
}

/** Approves an order once its goods are known to it. */
async function approve(api: Api, id: string): Promise<void> {
  await expect(async () => {
    if ((await api.call('GET', `/orders/${id}`)).state === 'awaiting_approval') await api.call('POST', `/orders/${id}/approve`, {})
  }).toPass({ timeout: 60_000 })
}

async function byTransit(api: Api, sku: string): Promise<string> {
  const shop = await api.call('POST', '/shops', { channel: 'xhs', name: '山野小铺', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: true })
  const form = new FormData()
  const paid = new Date(Date.now() - 3_600_000 + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  form.append('files', new Blob([`\ufeff${XHS.replaceAll('{paid}', paid)}`]), 'xhs_orders.csv')
  const one = await api.call('POST', '/imports', form)
  await api.done((await api.call('POST', `/imports/${one.id}/run`, { shop_id: shop.id, exported_at: new Date().toISOString() })).id)
  const order = (await api.call('GET', `/orders?shop_id=${shop.id}`)).items[0]
  for (const l of (await api.call('GET', `/listings?shop_id=${shop.id}&limit=50`)).items) await api.call('POST', `/listings/${l.id}/map`, { sku_id: sku })
  await approve(api, order.id)
  return order.id
}

/** A shop whose labels only the channel's own component prints. */
async function bySelf(api: Api, sim: Simulator, sku: string): Promise<string[]> {
  const one = await sim.shop('wechat-1')
  const shop = await api.call('POST', '/shops', { channel: 'wechat', name: '青禾微店', live_from_at: new Date(Date.now() - 86_400_000).toISOString(), auto_approve: true })
  await api.call('PUT', `/shops/${shop.id}/access`, { credentials: one.credentials, tuning: { poll_interval_ms: 1000, overlap_ms: 5000, reconcile_interval_ms: 10_000, retry_ms: [200, 500, 1000] } })
  await sim.admin('POST', '/shops/wechat-1/orders', { count: 2, paid: true, lines: 1, quantity: 1 })
  let items: { id: string }[] = []
  await expect
    .poll(async () => (items = (await api.call('GET', `/orders?shop_id=${shop.id}`)).items).length, { timeout: 120_000 })
    .toBe(2)
  for (const l of (await api.call('GET', `/listings?shop_id=${shop.id}&limit=50`)).items) await api.call('POST', `/listings/${l.id}/map`, { sku_id: sku })
  const account = await api.call('POST', '/carrier-accounts', { kind: 'channel', carrier: 'ZTO', shop_id: shop.id, name: '微店中通', shop_ids: [shop.id] })
  const asked = await api.call('POST', `/carrier-accounts/${account.id}/balance`, {})
  const branch = asked.items[0]
  await api.call('PATCH', `/carrier-accounts/${account.id}`, { branch: branch.branch, branch_name: branch.name, sender: { name: '云杉仓', phone: '13800000002', ...branch.places[0] } })
  for (const o of items) await approve(api, o.id)
  return items.map((o) => o.id)
}

test('what is rarely opened works, empty, full and failing', async ({ page, watched }) => {
  test.setTimeout(400_000)
  watched.expected.push(/status of (409|422|500|502)/, /WebSocket connection to/)
  const sim = await Simulator.start(['--shops', 'wechat=1', '--shops-each', '0', '--orders', '0', '--days', '1', '--components'])
  const server = await Server.start(['--allow-private', '127.0.0.1', '--simulator', sim.url])
  try {
    await sim.admin('POST', '/quiesce')
    const h = await house(server, sim)
    await signIn(page, server, 'zh-CN')

    await test.step('both ways of an order by a transit warehouse', async () => {
      await page.goto(`${server.url}/orders/${h.transit}`)
      const legs = page.locator('section').filter({ has: page.getByRole('heading', { name: '集运 / 中转' }) }).last()
      await expect(legs).toContainText('待发货')
      await look(page, 'legs-empty')
      const [f] = await shipped(h.api, h.transit)
      await h.api.call('POST', `/fulfillment-orders/${f}/ship`, { carrier: 'YTO', waybill_no: 'YT2600000009001' })
      await page.reload()
      await expect(legs).toContainText('YT2600000009001')
      await legs.getByRole('button', { name: '登记第二程单号' }).click()
      const dialog = page.getByRole('dialog', { name: '登记第二程单号' })
      await failing(page, '**/api/v1/orders/*/legs')
      await dialog.getByLabel('快递公司').fill('中通快递')
      await dialog.getByLabel('快递单号').fill('73100000000077')
      await dialog.getByRole('button', { name: '保存' }).click()
      await expect(dialog.getByRole('alert')).toContainText('请求号 req-1')
      await look(page, 'legs-refused')
      await page.unroute('**/api/v1/orders/*/legs')
      await dialog.getByRole('button', { name: '保存' }).click()
      await expect(dialog).toBeHidden()
      await expect(legs).toContainText('73100000000077')
      await look(page, 'legs-full')
      await failing(page, '**/api/v1/orders/*/legs')
      await page.reload()
      await expect(legs.getByRole('alert')).toContainText('请求号 req-1')
      await look(page, 'legs-failing')
      await page.unroute('**/api/v1/orders/*/legs')
    })

    await test.step('a label is printed, verified, and printed again at the bench', async () => {
      await page.goto(`${server.url}/print`)
      await tick(page.getByRole('checkbox', { name: '选择订单 C-1', exact: true }))
      await page.getByRole('button', { name: '打印 1 单' }).click()
      await page.getByRole('button', { name: '1 张都打出来了' }).click({ timeout: 60_000 })
      await page.goto(`${server.url}/verify`)
      await page.getByRole('textbox').fill('1 号台')
      await page.keyboard.press('Enter')
      const band = page.locator('main [role=status][data-tone]')
      await expect(band).toBeVisible()
      await scan(page, h.label)
      await expect(band).toContainText('共 2 件')
      await page.keyboard.press('F8')
      const dialog = page.getByRole('dialog', { name: new RegExp(`重打 .* 的面单`) })
      await look(page, 'reprint-why')
      await failing(page, '**/api/v1/verify-sessions/*/reprint')
      await dialog.getByRole('textbox').fill('面单破损')
      await dialog.getByRole('button', { name: '重打面单' }).click()
      await expect(dialog.getByRole('alert')).toContainText('请求号 req-1')
      await look(page, 'reprint-failing')
      await page.unroute('**/api/v1/verify-sessions/*/reprint')
      await dialog.getByRole('button', { name: '重打面单' }).click()
      const open = dialog.getByRole('button', { name: '打开 PDF' })
      await expect(open).toBeEnabled({ timeout: 60_000 })
      await look(page, 'reprint-ready')
      const [answer] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/labels.pdf')), open.click()])
      expect((await answer.body()).subarray(0, 4).toString()).toBe('%PDF')
      await page.bringToFront()
      await dialog.getByRole('button', { name: '打出来了' }).click()
      await expect(dialog).toBeHidden()
      const batches = (await h.api.call('GET', '/print/batches?limit=10')).items
      expect(batches.map((b: { state: string }) => b.state)).toEqual(['closed', 'closed'])
    })

    await test.step('how parcels are verified', async () => {
      await page.keyboard.press('Escape')
      await failing(page, '**/api/v1/verify-policy')
      await page.reload()
      await page.getByRole('button', { name: '复核设置' }).click()
      const dialog = page.getByRole('dialog', { name: '复核设置' })
      await expect(dialog.getByRole('alert')).toContainText('请求号 req-1')
      await look(page, 'settings-failing')
      await page.unroute('**/api/v1/verify-policy')
      await dialog.getByRole('button', { name: '取消' }).click()
      await page.getByRole('button', { name: '复核设置' }).click()
      await expect(dialog.getByRole('switch')).toBeVisible()
      await look(page, 'settings')
      await dialog.getByRole('combobox').fill('TEA')
      await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').getByText('TEA', { exact: false }).first().click()
      await tick(dialog.getByRole('radio', { name: '序列号' }))
      await look(page, 'settings-serial')
      await dialog.getByRole('button', { name: /TEA/ }).click()
      await dialog.getByRole('switch').click()
      await dialog.getByRole('button', { name: '保存' }).click()
      await expect(dialog).toBeHidden()
      expect((await h.api.call('GET', '/verify-policy')).must_weigh).toBe(true)
    })

    await test.step('this computer’s print component prints, and only its word counts', async () => {
      await page.goto(`${server.url}/settings/stations`)
      await page.getByRole('button', { name: '查找本机的打印组件' }).click()
      await expect(page.getByRole('list', { name: '本机的打印组件' })).toContainText('面单机 1')
      await look(page, 'browser-found')
      await page.goto(`${server.url}/print`)
      await settled(page)
      await look(page, 'here-offered')
      await page.getByRole('button', { name: '用这台电脑的打印组件' }).click()
      await expect(page.getByText('林店长的电脑 › 面单机 1')).toBeVisible({ timeout: 60_000 })
      await look(page, 'here-chosen')
      await tick(page.getByRole('checkbox', { name: '全选' }))
      await page.getByRole('button', { name: '打印 2 单' }).click()
      const done = async () => (await h.api.call('GET', '/print/batches?limit=10')).items.find((b: { agent_id: string }) => b.agent_id !== '0')
      await expect.poll(async () => (await done())?.state, { timeout: 120_000 }).toBe('closed')
      const { labels } = await h.api.call('GET', `/print/batches/${(await done()).id}`)
      expect(labels.map((l: { state: string }) => l.state)).toEqual(['printed', 'printed'])
      await page.reload()
      await look(page, 'here-printed')
      await page.goto(`${server.url}/settings/stations`)
      await expect(page.getByText('等待任务')).toBeVisible()
      await look(page, 'browser-working')
    })

    await test.step('in English', async () => {
      const data = new Data(page)
      await page.evaluate(() => localStorage.setItem('ordercove.language', 'en-US'))
      for (const [name, path] of [['legs', `/orders/${h.transit}`], ['stations', '/settings/stations'], ['print', '/print'], ['verify', '/verify']] as const) {
        await page.goto(`${server.url}${path}`)
        if (name === 'verify') await page.getByRole('button', { name: 'Settings of verification' }).click()
        await look(page, `en-${name}`)
        await english(page, data, `en-${name}`)
      }
    })
  } finally {
    await server.stop()
    await sim.stop()
  }
})
