import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Simulator } from './support/simulator.ts'
import { Api, chord, expect, OWNER, PASSWORD, signIn, test, watch, type Page } from './support/test.ts'

// A shop is connected by API in the browser, against the sandbox platform of
// `ordercove simulate`: wrong secret, right secret, orders, a shipment that the
// platform confirms, what cannot be read, and the ledger of both sides.

const SHOP = '沙盒店'
const FIRST = 12

const nav = (page: Page, name: string) => page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: new RegExp(`^${name}`) })
const tab = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) })

test.describe.serial('a shop by API', () => {
  let page: Page
  let server: Server
  let sim: Simulator
  let api: Api
  let complaints: string[]
  let shopId: string

  test.beforeAll(async ({ browser }) => {
    sim = await Simulator.start(['--shops', 'sandbox=1', '--shops-each', '0', '--orders', String(FIRST), '--days', '1'])
    await sim.admin('POST', '/quiesce')
    server = await Server.start(['--allow-private', '127.0.0.1'])
    api = new Api(server.url)
    await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
    const live = new Date(Date.now() - 3 * 86_400_000).toISOString()
    shopId = (await api.call('POST', '/shops', { channel: 'sandbox', name: SHOP, live_from_at: live, auto_approve: true })).id
    await api.call('POST', '/shops', { channel: 'pdd', name: '暖冬拼多多店', live_from_at: live })
    page = await browser.newPage()
    complaints = watch(page)
    await signIn(page, server, 'zh-CN')
  })
  test.afterAll(async () => {
    await page?.close()
    await server?.stop()
    await sim?.stop()
    // Before signing in nobody is known, and a shop without access is asked for it; one failure is made.
    expect(complaints.filter((c) => !/status of (40[14]|500)/.test(c))).toEqual([])
  })

  test('no shop is on an API yet', async () => {
    await nav(page, '平台同步').click()
    await expect(page.getByText('还没有通过接口同步的店铺')).toBeVisible()
    await expect(page.getByText('可以对接接口的店铺')).toBeVisible()
    await picture(page, 'sync-01-none')
    await accessible(page, 'no shop on an API')
  })

  test('a wrong secret is named, with what to do about it', async () => {
    await nav(page, '设置').click()
    await page.getByRole('row').filter({ hasText: SHOP }).getByRole('link', { name: '对接接口' }).click()
    const one = await sim.shop('sandbox-1')
    await page.getByLabel('接口地址').fill(one.base_url)
    await page.getByLabel('应用标识').fill(one.credentials.app_key!)
    await page.locator('input[type=password]').fill('0'.repeat(32))
    await picture(page, 'sync-02-connect')
    await accessible(page, 'connect')
    await page.getByRole('button', { name: '对接接口' }).click()
    await page.getByRole('button', { name: '测试连接' }).click()
    await expect(page.getByText('签名没有通过')).toBeVisible()
    await picture(page, 'sync-03-wrong-secret')
  })

  test('the right secret opens the door, and is never shown again', async () => {
    const one = await sim.shop('sandbox-1')
    const secret = page.locator('input[type=password]')
    await expect(secret).toHaveValue('')
    await secret.fill(one.credentials.secret!)
    await page.getByText('高级：拉取的节奏').click()
    await page.getByLabel('拉取间隔').fill('1')
    await page.getByLabel('平台延迟').fill('1')
    await page.getByRole('button', { name: '保存' }).click()
    await expect(page.getByText('已保存').first()).toBeVisible()
    await page.getByRole('button', { name: '测试连接' }).click()
    await expect(page.getByText(/^连接正常/)).toBeVisible()
    await expect(secret).toHaveValue('')
    await expect(secret).toHaveAttribute('placeholder', '已填写，不显示')
    expect(await page.content()).not.toContain(one.credentials.secret!)
    await picture(page, 'sync-04-connected')
    await accessible(page, 'connected')
    await fits(page, 'connected')
  })

  test('its orders arrive', async () => {
    await nav(page, '平台同步').click()
    const row = page.getByRole('row').filter({ hasText: SHOP })
    await row.getByRole('button', { name: '立即拉取' }).click()
    await expect.poll(async () => (await api.call('GET', `/orders?limit=100&shop_id=${shopId}`)).items.length, { timeout: 120_000 }).toBe(FIRST)
    await expect(row.getByText('正常', { exact: true })).toBeVisible({ timeout: 120_000 })
    await picture(page, 'sync-05-shops')
    await accessible(page, 'shops on an API')
    await fits(page, 'shops on an API')
    await expect(page.getByText(/店数据正常|暖冬拼多多店/).first()).toBeVisible()
  })

  test('a shipment is told to the platform', async () => {
    const { orders: nos } = await sim.admin<{ orders: string[] }>('POST', '/shops/sandbox-1/orders', { count: 1, paid: true, still: true, lines: 1, quantity: 1 })
    const no = nos[0]!
    const find = async () => (await api.call('GET', `/orders?shop_id=${shopId}&q=${no}`)).items[0]
    await expect.poll(async () => (await find())?.channel_order_no, { timeout: 120_000 }).toBe(no)
    await api.call('POST', '/listings/accept-proposals', { all: true })
    const warehouse = (await api.call('GET', '/warehouses')).items[0]
    for (const sku of (await api.call('GET', '/skus?limit=200')).items) await api.call('POST', '/stock/adjust', { sku_id: sku.id, warehouse_id: warehouse.id, set_to: 200, reason: 'opening' })
    const id = (await find()).id
    await expect.poll(async () => (await api.call('GET', `/orders/${id}`)).allowed_actions, { timeout: 60_000 }).toEqual(expect.arrayContaining([expect.stringMatching(/ship|approve/)]))
    if ((await api.call('GET', `/orders/${id}`)).state === 'awaiting_approval') await api.call('POST', `/orders/${id}/approve`, {})
    await api.call('POST', '/parcels', { order_id: id, carrier: 'zto', waybill_no: '78000000000012', confirm_waybill: true })
    await page.goto(`${server.url}/orders/${id}`)
    const told = page.getByRole('table', { name: '回传平台' })
    await expect(told.getByText('已完成')).toBeVisible({ timeout: 60_000 })
    await told.scrollIntoViewIfNeeded()
    await picture(page, 'sync-06-order')
    await accessible(page, 'order on an API')
    const { effects } = await sim.admin<{ effects: { target: string; applied: number; body: unknown }[] }>('GET', '/shops/sandbox-1/effects')
    const mine = effects.filter((e) => e.target === no)
    expect(mine.map((e) => e.applied)).toEqual([1])
    expect(JSON.stringify(mine)).toContain('78000000000012')
  })

  test('a corrected waybill number is told too', async () => {
    await page.getByRole('button', { name: '改运单号' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('新运单号').fill('78000000000029')
    await picture(page, 'sync-07-waybill')
    await dialog.getByRole('button', { name: '保存' }).click()
    const anyway = dialog.getByRole('button', { name: /^仍然使用/ })
    await expect(anyway.or(page.getByText('运单号已修改'))).toBeVisible()
    if (await anyway.isVisible()) await anyway.click()
    await expect(dialog).toBeHidden()
    const told = page.getByRole('table', { name: '回传平台' })
    await expect(told.getByRole('row').filter({ hasText: '改运单号' }).getByText('已完成')).toBeVisible({ timeout: 60_000 })
    const { effects } = await sim.admin<{ effects: unknown[] }>('GET', '/shops/sandbox-1/effects')
    expect(JSON.stringify(effects)).toContain('78000000000029')
  })

  test('what cannot be read stands aside, and its body is shown on purpose only', async () => {
    const { orders: nos } = await sim.admin<{ orders: string[] }>('POST', '/shops/sandbox-1/orders', { count: 1, paid: true, still: true, poison: 1 })
    await page.goto(`${server.url}/sync/${shopId}?tab=quarantine`)
    const row = page.getByRole('row').filter({ hasText: nos[0]! })
    await expect(async () => {
      await page.reload()
      await expect(row).toBeVisible({ timeout: 10_000 })
    }).toPass({ timeout: 120_000 })
    await picture(page, 'sync-08-quarantine')
    await accessible(page, 'quarantine')
    await row.getByRole('button', { name: '看原文' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('region')).toContainText(nos[0]!)
    await picture(page, 'sync-09-raw')
    await accessible(page, 'raw body')
    await dialog.getByRole('button', { name: '关闭' }).last().click()
  })

  test('the ledger counts both sides, hour by hour', async () => {
    await tab(page, '对账').click()
    await page.getByRole('button', { name: '立即对账' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '开始对账' }).click()
    await expect(dialog).toBeHidden()
    await expect(async () => {
      await page.reload()
      await expect(page.getByRole('table', { name: '对账记录' }).getByRole('row').filter({ hasText: '手动' }).getByText('一致')).toBeVisible({ timeout: 10_000 })
    }).toPass({ timeout: 120_000 })
    const square = page.getByRole('button', { name: /平台 \d+ 单，我们 \d+ 单，隔离 1 单/ }).first()
    await square.click()
    await expect(page.getByRole('status').filter({ hasText: '隔离 1 单' })).toBeVisible()
    await page.keyboard.press('ArrowLeft')
    await picture(page, 'sync-10-ledger')
    await accessible(page, 'ledger')
    await fits(page, 'ledger')
  })

  test('stock is planned, previewed and pushed', async () => {
    await tab(page, '库存推送').click()
    await page.getByText('共享库存').click()
    await page.getByLabel('预留件数').fill('3')
    await expect(page.getByRole('table', { name: '按此设置会推送' }).getByRole('cell', { name: /^19\d$/ }).first()).toBeVisible()
    await page.getByRole('button', { name: '保存' }).click()
    await expect(page.getByText('已保存，正在重算')).toBeVisible()
    await expect(page.getByRole('table', { name: '推送状态' }).getByText('已同步').first()).toBeVisible({ timeout: 120_000 })
    await picture(page, 'sync-11-stock')
    await accessible(page, 'stock push')
    await fits(page, 'stock push')
  })

  test('an after-sale case is refused with a reason, another approved, and the platform knows', async () => {
    const asked = await sim.admin<{ orders: string[] }>('POST', '/shops/sandbox-1/orders', { count: 2, paid: true, still: true, lines: 1, quantity: 1, acts: ['ask_refund'] })
    await page.goto(`${server.url}/sync/${shopId}?tab=cases`)
    await picture(page, 'sync-14-cases')
    await accessible(page, 'after-sale cases')
    await page.getByRole('link', { name: '打开这个店铺的售后单' }).click()
    const row = (no: string) => page.getByRole('row').filter({ hasText: no })
    await expect(async () => {
      await page.reload()
      for (const no of asked.orders) await expect(row(no).getByRole('button', { name: '同意退款' })).toBeVisible({ timeout: 10_000 })
    }).toPass({ timeout: 120_000 })
    await row(asked.orders[0]!).getByRole('button', { name: '拒绝' }).click()
    const dialog = page.getByRole('dialog')
    const refuse = dialog.getByRole('button', { name: /^拒绝退款 ¥/ })
    await expect(refuse).toBeDisabled()
    await dialog.getByLabel('拒绝原因').fill('商品已按约定发出')
    await refuse.click()
    await expect(dialog).toBeHidden()
    await row(asked.orders[1]!).getByRole('button', { name: '同意退款' }).click()
    await picture(page, 'sync-15-approve')
    await accessible(page, 'approving a refund')
    await dialog.getByRole('button', { name: /^退款 ¥[\d.,]+ 给买家/ }).click()
    await expect(dialog).toBeHidden()
    await page.goto(`${server.url}/sync/${shopId}?tab=cases`)
    await tab(page, '回传').click()
    const told = page.getByRole('table', { name: '回传' })
    await expect(told.getByRole('row').filter({ hasText: '处理售后' }).getByText('已完成')).toHaveCount(2, { timeout: 60_000 })
    await picture(page, 'sync-16-told')
    await accessible(page, 'what the platform was told')
    await fits(page, 'what the platform was told')
  })

  test('a buyer’s wish for another address is answered from the order', async () => {
    const { orders } = await sim.admin<{ orders: string[] }>('POST', '/shops/sandbox-1/orders', { count: 1, paid: true, still: true, lines: 1, quantity: 1, acts: ['wish_address'] })
    const find = async () => (await api.call('GET', `/orders?shop_id=${shopId}&q=${orders[0]}`)).items[0]
    await expect.poll(async () => (await find())?.channel_flags, { timeout: 120_000 }).toContain('address_change_requested')
    await page.goto(`${server.url}/orders/${(await find()).id}`)
    await expect(page.getByText('买家申请修改收货地址')).toBeVisible()
    await page.getByText('买家申请修改收货地址').scrollIntoViewIfNeeded()
    await picture(page, 'sync-17-wish')
    await accessible(page, 'wish for another address')
    await page.getByRole('button', { name: '同意改地址' }).click()
    await expect(page.getByRole('table', { name: '回传平台' }).getByRole('row').filter({ hasText: '答复改地址' }).getByText('已完成')).toBeVisible({ timeout: 60_000 })
  })

  test('a channel that wants a person’s consent is begun on its own page', async () => {
    await page.goto(`${server.url}/sync`)
    await page.getByRole('listitem').filter({ hasText: '暖冬拼多多店' }).getByRole('link', { name: '对接接口' }).click()
    await page.getByLabel('client_id').fill('a1b2c3d4e5f6')
    await page.getByLabel('client_secret').fill('a1b2c3d4e5f6')
    await page.getByRole('button', { name: '对接接口' }).click()
    await expect(page.getByText('已保存，接着去授权')).toBeVisible()
    await page.getByRole('button', { name: '发起授权' }).click()
    await expect(page.getByRole('link', { name: /打开 拼多多 的授权页/ })).toHaveAttribute('href', /^https:\/\/.*state=/)
    await page.getByLabel('授权码或跳转后的网址').fill('https://example.test/authorise?error=denied')
    await expect(page.getByText('没有找到授权码，请复制完整网址。')).toBeVisible()
    await expect(page.getByRole('button', { name: '完成授权' })).toBeDisabled()
    await picture(page, 'sync-18-consent')
    await accessible(page, 'consent')
    await fits(page, 'consent')
    await page.getByRole('button', { name: '转回文件导入' }).click()
    await page.getByRole('dialog').getByRole('button', { name: /^删除 暖冬拼多多店/ }).click()
    await expect(page.getByText('暖冬拼多多店 已转回文件导入')).toBeVisible()
  })

  test('by keyboard, and when the server fails, the page says so and tries again', async () => {
    await page.goto(server.url)
    await expect(nav(page, '平台同步')).toBeVisible()
    await chord(page, 'y', /\/sync$/)
    await page.route('**/api/v1/sync/*/gaps*', (r) => r.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', detail: '服务器出错了', request_id: 'r-1' }) }))
    await page.goto(`${server.url}/sync/${shopId}?tab=checks`)
    const failed = page.getByRole('alert').filter({ hasText: '服务器出错了' })
    await expect(failed).toBeVisible({ timeout: 60_000 })
    await expect(page.getByRole('table', { name: '对账日历' })).toBeVisible()
    await picture(page, 'sync-19-failing')
    await page.unroute('**/api/v1/sync/*/gaps*')
    await failed.getByRole('button', { name: '重试' }).click()
    await expect(failed).toBeHidden()
  })

  test('an outage is said in the top bar, with the shop’s name', async () => {
    await sim.admin('PUT', '/faults', { ip_not_listed: true })
    await page.goto(`${server.url}/sync/${shopId}`)
    await page.getByRole('button', { name: '立即拉取' }).click()
    await expect(page.locator('header').getByText(`${SHOP} 同步异常`)).toBeVisible({ timeout: 120_000 })
    await expect(page.locator('main').getByText('白名单').first()).toBeVisible()
    await picture(page, 'sync-12-trouble')
    await accessible(page, 'shop in trouble')
    await nav(page, '平台同步').click()
    await picture(page, 'sync-13-trouble-list')
    await sim.admin('PUT', '/faults', { ip_not_listed: false })
  })

  test('every screen exists in English', async ({ browser }) => {
    const other = await browser.newPage()
    const data = new Data(other)
    await signIn(other, server, 'en-US')
    for (const [name, where] of Object.entries({ list: '/sync', told: '/sync?tab=effects', health: `/sync/${shopId}`, checks: `/sync/${shopId}?tab=checks`, cases: `/sync/${shopId}?tab=cases`, quarantine: `/sync/${shopId}?tab=quarantine`, stock: `/sync/${shopId}?tab=stock`, access: `/sync/${shopId}?tab=access` })) {
      await other.goto(`${server.url}${where}`)
      await expect(other.locator('main').getByRole('heading', { level: 1 })).toBeVisible()
      await expect(other.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await english(other, data, name)
      await fits(other, name)
      await accessible(other, name)
      await picture(other, `sync-en-${name}`)
    }
    await other.close()
  })
})
