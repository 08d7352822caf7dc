import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick, type Page } from './support/test.ts'

// Goods that are not there: who waits for them, what each buyer agreed to, and what becomes of it.
// Beside it what else a warehouse does with a phone and a sheet: handing over, weighing, locations.

const GOODS = { TEA: '明前龙井 100 克', CUP: '白瓷盖碗', JAR: '锡茶罐' }

interface House {
  server: Server
  api: Api
  warehouse: string
  shop: string
  skus: Record<string, string>
  orders: Record<string, string>
}

async function open(stock: Record<string, number>, orders: Record<string, [string, number][]>, approve: string[]): Promise<House> {
  const server = await Server.start()
  const api = new Api(server.url)
  await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '青禾茶铺', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
  const warehouse = (await api.call('GET', '/warehouses')).items[0].id as string
  const shop = (await api.call('POST', '/shops', { channel: 'generic', name: '青禾官方店', live_from_at: '2026-01-01T00:00:00+08:00' })).id as string
  const h: House = { server, api, warehouse, shop, skus: {}, orders: {} }
  for (const [code, name] of Object.entries(GOODS)) {
    h.skus[code] = (await api.call('POST', '/skus', { product_name: name, code, barcodes: [`69${code}`], weight_gram: 200 })).id
    if (stock[code]) await api.call('POST', '/stock/adjust', { sku_id: h.skus[code], warehouse_id: warehouse, set_to: stock[code], reason: '期初' })
  }
  for (const [no, lines] of Object.entries(orders)) {
    h.orders[no] = (
      await api.call('POST', '/orders', {
        shop_id: shop,
        channel_order_no: no,
        paid: true,
        receiver: { name: '沈知夏', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区', detail: `文三路 ${no} 号 2 单元 301 室` },
        lines: lines.map(([code, quantity]) => ({ sku_id: h.skus[code], quantity, price_fen: 9900 })),
      })
    ).order_id
  }
  for (const no of approve) if ((await api.call('GET', `/orders/${h.orders[no]}`)).state === 'awaiting_approval') await api.call('POST', `/orders/${h.orders[no]}/approve`, {})
  return h
}

async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
}

test('who waits for goods is seen by SKU, and each shortage is settled where it stands', async ({ page, watched }) => {
  test.setTimeout(300_000)
  const h = await open({ CUP: 50 }, { 'D-1': [['TEA', 3]], 'D-2': [['TEA', 2], ['CUP', 1]], 'D-3': [['TEA', 2]], 'D-4': [['TEA', 1]], 'D-5': [['JAR', 1]] }, ['D-1', 'D-2', 'D-3', 'D-5'])
  try {
    await h.api.call('POST', '/fulfillment-orders/allocate', { order_ids: ['D-1', 'D-2', 'D-3', 'D-5'].map((no) => h.orders[no]), by_rules: true })
    await signIn(page, h.server, 'zh-CN')
    const nav = page.getByRole('navigation').first()
    await expect(nav.getByRole('link', { name: /等货/ })).toContainText('5')
    await nav.getByRole('link', { name: /等货/ }).click()
    const skus = page.getByRole('table', { name: '缺货的 SKU' })
    await expect(skus.getByRole('row', { name: /TEA/ }).first()).toContainText('还差 8 件')
    await picture(page, 'waiting-01-skus')
    await accessible(page, 'waiting')
    await fits(page, 'waiting')

    // By keyboard: down to the tea, open it.
    await expect(async () => {
      await page.keyboard.press('j')
      await expect(page.getByRole('button', { name: /TEA/, expanded: false }).or(page.getByRole('button', { name: /JAR/, expanded: false })).first()).toBeVisible()
    }).toPass()
    await page.getByRole('button', { name: /^TEA/ }).click()
    await expect(page).toHaveURL(/open=\d+/)
    const orders = page.getByRole('table', { name: '等 TEA 的订单' })
    await expect(orders.getByRole('row')).toHaveCount(5)
    await expect(orders.getByRole('row', { name: /D-4/ })).toContainText('未审核')
    await picture(page, 'waiting-02-orders')
    await accessible(page, 'waiting orders')
    await fits(page, 'waiting orders')

    // D-1 waits, with a day; D-2 takes cups instead; D-3 is urgent.
    await page.getByRole('button', { name: '记录约定：D-1' }).click()
    const agree = page.getByRole('dialog', { name: '订单 D-1 缺货，买家同意怎么办' })
    await agree.getByLabel('答应哪天发货').fill('2031-05-01')
    await agree.getByRole('textbox', { name: '备注' }).fill('等到五月，送一块茶巾')
    await picture(page, 'waiting-03-agree')
    await accessible(page, 'waiting agree')
    await agree.getByRole('button', { name: '记下：同意等' }).click()
    await expect(orders.getByRole('row', { name: /D-1/ })).toContainText('等到五月，送一块茶巾')
    await page.getByRole('button', { name: '给 D-2 换货品' }).click()
    const swap = page.getByRole('dialog', { name: '订单 D-2：TEA 换成别的货品' })
    await swap.getByRole('combobox', { name: '换成' }).fill('CUP')
    await page.getByTitle(`CUP ${GOODS.CUP}`).click()
    await expect(swap.getByRole('status')).toContainText('可用 49 件，要 2 件')
    await picture(page, 'waiting-04-replace')
    await accessible(page, 'waiting replace')
    await swap.getByRole('button', { name: '1 单的 TEA 换成 CUP' }).click()
    await expect(orders.getByRole('row', { name: /D-2/ })).toHaveCount(0)
    await expect.poll(async () => (await h.api.call('GET', `/fulfillment-orders?order_id=${h.orders['D-2']}`)).items.filter((f: any) => f.state === 'open').length).toBe(1)
    await page.getByRole('button', { name: '加急 D-3', exact: true }).click()
    await expect(orders.getByRole('row', { name: /D-3/ })).toContainText('加急')
    await expect(orders.getByRole('row').nth(1)).toContainText('D-3')

    // Two pieces arrive: the urgent order gets them, by itself.
    await h.api.call('POST', '/stock/adjust', { sku_id: h.skus.TEA, warehouse_id: h.warehouse, receive: 2, reason: '送货单 7' })
    await expect.poll(async () => (await h.api.call('GET', '/waiting-orders/count')).orders).toBe(3)
    await page.reload()
    await expect(orders.getByRole('row', { name: /D-3/ })).toHaveCount(0)

    // The rest is allocated again: first what would happen, with the reasons why not.
    await tick(orders.getByRole('checkbox', { name: '全选' }))
    await page.getByRole('toolbar', { name: '对选中的订单' }).getByRole('button', { name: '重新分配' }).click()
    const release = page.getByRole('dialog', { name: '重新分配 2 单' })
    await expect(release).toContainText('将分配 0 单，2 单仍留在等货')
    await expect(release.getByRole('listitem')).toHaveCount(2)
    await picture(page, 'waiting-05-release')
    await accessible(page, 'waiting release')
    await expect(release.getByRole('button', { name: '重新分配' })).toBeDisabled()
    await release.getByRole('button', { name: '取消' }).click()
    await page.getByRole('toolbar', { name: '对选中的订单' }).getByRole('button', { name: '记录约定' }).click()
    const refund = page.getByRole('dialog', { name: '2 单缺货，买家同意怎么办' })
    await tick(refund.getByRole('radio', { name: /退款/ }))
    await refund.getByRole('button', { name: '记下：退款，不再分配' }).click()
    await page.getByRole('combobox', { name: '与买家的约定' }).click()
    await page.getByTitle('同意退款', { exact: true }).click()
    await expect(page).toHaveURL(/outcome=refund/)
    await expect(skus.getByRole('row', { name: /TEA/ }).first()).toContainText('4')

    // A list that fails keeps what it showed and says why; nothing found and nothing at all say what next.
    await page.route('**/api/v1/waiting-skus*', (r) => r.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'web.unavailable', title: 'x', detail: '服务暂时不可用', request_id: 'r-1' }) }))
    watched.expected.push(/503/)
    await page.getByRole('checkbox', { name: '已超期限' }).click()
    await expect(page.getByRole('alert')).toContainText('r-1')
    await picture(page, 'waiting-06-failing')
    await accessible(page, 'waiting failing')
    await page.unroute('**/api/v1/waiting-skus*')
    await page.getByRole('button', { name: '重试' }).click()
    await expect(page.getByText('没有符合条件的等货订单')).toBeVisible()
    await picture(page, 'waiting-07-nothing-found')
    await accessible(page, 'waiting nothing found')
    await page.getByRole('button', { name: '显示全部等货' }).click()
    await expect(skus.getByRole('row', { name: /JAR/ })).toBeVisible()
    for (const no of ['D-1', 'D-4', 'D-5']) await h.api.call('POST', `/orders/${h.orders[no]}/close`, { reason: 'out_of_stock' })
    await page.reload()
    await expect(page.getByText('没有订单在等货')).toBeVisible()
    await picture(page, 'waiting-08-empty')
    await accessible(page, 'waiting empty')
  } finally {
    await h.server.stop()
  }
})

test('in English the page holds no Chinese but the goods', async ({ page }) => {
  const h = await open({}, { 'E-1': [['TEA', 3]], 'E-2': [['TEA', 1], ['JAR', 2]] }, ['E-1', 'E-2'])
  try {
    await h.api.call('POST', '/fulfillment-orders/allocate', { order_ids: Object.values(h.orders), by_rules: true })
    const data = new Data(page)
    await signIn(page, h.server)
    await page.goto(`${h.server.url}/waiting?open=${h.skus.TEA}`)
    await expect(page.getByRole('table', { name: 'Orders that wait for TEA' }).getByRole('row')).toHaveCount(3)
    await expect(page.getByText('1 other SKU is missing too')).toBeVisible()
    await picture(page, 'waiting-09-english')
    await english(page, data, 'waiting')
    await fits(page, 'waiting en')
    await accessible(page, 'waiting en')
  } finally {
    await h.server.stop()
  }
})

test('a phone hands parcels over, the scales show what waits for them, and a sheet says where goods lie', async ({ page, browser }) => {
  test.setTimeout(300_000)
  const h = await open({ TEA: 50, CUP: 50 }, { 'P-1': [['TEA', 1]], 'P-2': [['TEA', 1]], 'P-3': [['CUP', 1]], 'P-4': [['CUP', 1]] }, ['P-1', 'P-2', 'P-3', 'P-4'])
  try {
    await h.api.call('POST', '/fulfillment-orders/allocate', { order_ids: Object.values(h.orders) })
    const ship = (no: string, carrier: string, waybill_no: string) => h.api.call('POST', '/parcels', { order_id: h.orders[no], carrier, waybill_no })
    await ship('P-1', '圆通', 'YT2600000000011')
    await ship('P-2', '圆通', 'YT2600000000012')
    await ship('P-3', '中通', '78640000000021')
    await expect.poll(async () => (await h.api.call('GET', '/handover-waiting/counts')).items.length).toBe(2)
    const handover = await h.api.call('POST', '/handovers', { carrier: 'YTO', warehouse_id: h.warehouse })

    const phone = await browser.newContext({ viewport: { width: 375, height: 740 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', hasTouch: true })
    const hand = await phone.newPage()
    await signIn(hand, h.server, 'zh-CN')
    await hand.goto(`${h.server.url}/handover`)
    await hand.getByRole('button', { name: '继续扫描' }).click()
    await expect(hand).toHaveURL(new RegExp(`/handover/${handover.id}$`))
    const band = hand.locator('main [role=status][data-tone]')
    const here = hand.getByRole('region', { name: '各快递还在仓里的件数' })
    await expect(here.getByRole('listitem')).toHaveCount(2)
    await picture(hand, 'handover-hand-01')
    await accessible(hand, 'handover by phone')
    await fits(hand, 'handover by phone')
    await scan(hand, 'YT2600000000011')
    await expect(band).toHaveAttribute('data-tone', 'good')
    await expect(here.getByRole('listitem').filter({ hasText: '圆通' })).toContainText('1')
    await scan(hand, 'YT2600000000011')
    await expect(band).toHaveAttribute('data-tone', 'bad')
    await scan(hand, '78640000000021')
    await expect(band).toHaveAttribute('data-tone', 'bad')
    await picture(hand, 'handover-hand-02-bad')
    await accessible(hand, 'handover by phone, refused')
    await scan(hand, 'YT2600000000012')
    await expect(band).toHaveAttribute('data-tone', 'good')
    await expect(hand.getByRole('region', { name: '最近扫描' }).getByRole('listitem')).toHaveCount(4)
    await hand.getByRole('button', { name: /2 件/ }).click()
    const sure = hand.getByRole('dialog')
    await expect(sure).toContainText('圆通')
    await picture(hand, 'handover-hand-03-close')
    await accessible(hand, 'handover by phone, closing')
    await sure.getByRole('button', { name: /2 件/ }).click()
    await expect(band).toHaveAttribute('data-tone', 'done')
    await picture(hand, 'handover-hand-04-closed')
    await phone.close()

    // Verified and not weighed: the scales show it, and a touch opens it.
    const policy = await h.api.call('GET', '/verify-policy')
    await h.api.call('PUT', '/verify-policy', { ...policy, must_weigh: true })
    const session = (await h.api.call('POST', '/verify-sessions', { bench: '1 号台', code: 'P-4' })).session
    await h.api.call('POST', `/verify-sessions/${session.id}/scans`, { bench: '1 号台', code: '69CUP' })
    await h.api.call('POST', `/verify-sessions/${session.id}/scans`, { bench: '1 号台', code: 'YT2600000000013' })
    await signIn(page, h.server, 'zh-CN')
    await page.goto(`${h.server.url}/weigh`)
    await page.getByRole('textbox').fill('秤 1')
    await page.keyboard.press('Enter')
    const list = page.getByRole('table', { name: '待称重' })
    await expect(list.getByRole('row', { name: /YT2600000000013/ })).toContainText('1 号台')
    await picture(page, 'weigh-05-list')
    await accessible(page, 'weigh list')
    await fits(page, 'weigh list')
    await list.getByRole('button', { name: '称重 YT2600000000013' }).click()
    await expect(list).toHaveCount(0)
    await expect.poll(async () => (await h.api.call('GET', `/verify-sessions/${session.id}`)).bench).toBe('秤 1')

    // Locations out of a sheet: two rows are right, one names goods that nobody has.
    await page.goto(`${h.server.url}/stock?tab=locations`)
    await page.getByRole('button', { name: '导入库位' }).click()
    const dialog = page.getByRole('dialog', { name: '导入库位' })
    await dialog.getByRole('textbox', { name: '或从表格粘贴' }).fill('TEA\tA-01-2\n69CUP\tB-07\nNOBODY\tC-01')
    await picture(page, 'stock-locations-paste')
    await accessible(page, 'paste locations')
    await dialog.getByRole('button', { name: '检查粘贴的 3 行' }).click()
    await dialog.getByRole('button', { name: '检查', exact: true }).click()
    await expect(dialog.getByRole('table', { name: '有问题的行' }).getByRole('row')).toHaveCount(2)
    await picture(page, 'stock-locations-checked')
    await accessible(page, 'locations checked')
    await dialog.getByRole('button', { name: '导入 2 行' }).click()
    await expect(dialog.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '100')
    await dialog.getByRole('button', { name: '关闭' }).last().click()
    await expect(page.getByRole('textbox', { name: /CUP/ })).toHaveValue('B-07')
  } finally {
    await h.server.stop()
  }
})
