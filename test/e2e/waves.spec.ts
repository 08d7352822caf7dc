import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, expect, OWNER, PASSWORD, signIn, test, watch, type Page } from './support/test.ts'

// Orders become a wave, are fetched by hand-held with a scanner, with the network
// gone for a while and goods missing at a shelf, and the wave ends.

const ITEMS = [
  { code: 'TEA-100', name: '明前龙井 100 克', barcode: '6901000000017', location: 'A-01-02' },
  { code: 'CUP-WHITE', name: '白瓷盖碗', barcode: '6901000000024', location: 'A-01-10' },
  { code: 'JAR-S', name: '锡茶罐 小号', barcode: '6901000000031', location: 'B-02-01' },
]
type Item = (typeof ITEMS)[number]['code']

/** Eight single orders of tea, three that also want a cup and a jar. */
const ORDERS: Partial<Record<Item, number>>[] = [...Array.from({ length: 8 }, () => ({ 'TEA-100': 1 })), ...Array.from({ length: 3 }, () => ({ 'TEA-100': 1, 'CUP-WHITE': 2, 'JAR-S': 1 }))]

interface House {
  server: Server
  api: Api
  warehouse: string
  skus: Record<string, string>
  orders: string[]
}

async function open(): Promise<House> {
  const server = await Server.start()
  const api = new Api(server.url)
  await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '青禾茶铺', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
  const warehouse = (await api.call('GET', '/warehouses')).items[0].id as string
  const shop = (await api.call('POST', '/shops', { channel: 'generic', name: '青禾官方店', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: true })).id as string
  const skus: Record<string, string> = {}
  for (const item of ITEMS) {
    const sku = (await api.call('POST', '/skus', { product_name: item.name, code: item.code, barcodes: [item.barcode] })).id as string
    skus[item.code] = sku
    await api.call('POST', '/stock/adjust', { sku_id: sku, warehouse_id: warehouse, set_to: 100, reason: '期初' })
  }
  await api.call('PUT', `/warehouses/${warehouse}/locations`, { locations: ITEMS.map((i) => ({ sku_id: skus[i.code], code: i.location })) })
  const orders: string[] = []
  for (const [i, lines] of ORDERS.entries()) {
    const order = await api.call('POST', '/orders', {
      shop_id: shop,
      channel_order_no: `Q-${String(i + 1).padStart(3, '0')}`,
      paid: true,
      receiver: { name: '沈知夏', phone: '13800138000', province: i < 9 ? '浙江省' : '江苏省', city: i < 9 ? '杭州市' : '苏州市', district: i < 9 ? '西湖区' : '姑苏区', detail: `文三路 ${i + 1} 号 2 单元 301 室` },
      lines: Object.entries(lines).map(([code, quantity]) => ({ sku_id: skus[code], quantity, price_fen: 9900 })),
    })
    orders.push(order.order_id)
  }
  await api.call('POST', '/orders/bulk/approve', { ids: orders }).catch(() => undefined)
  const out = await api.call('POST', '/fulfillment-orders/allocate', { order_ids: orders })
  if (out.failed.length > 0) throw new Error(JSON.stringify(out.failed))
  return { server, api, warehouse, skus, orders }
}

let house: House
test.beforeAll(async () => {
  house = await open()
})
test.afterAll(async () => {
  await (house as House | undefined)?.server.stop()
})

/** What a scanner types, wherever the focus is. */
async function scan(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

test('orders become a wave, a hand-held fetches it, and it ends', async ({ page, browser }) => {
  test.setTimeout(400_000)
  const { server, api } = house
  await signIn(page, server, 'zh-CN')
  await page.goto(`${server.url}/waves`)
  await expect(page.getByText('没有进行中的波次')).toBeVisible()
  await picture(page, 'waves-01-empty')
  await accessible(page, 'waves empty')

  // A courier time, then a choice with its preview.
  await page.getByRole('button', { name: '截单时间' }).click()
  const dialog = page.getByRole('dialog', { name: '截单时间' })
  await dialog.getByRole('button', { name: '加一行' }).click()
  await dialog.getByLabel('截单').fill('23:59')
  await picture(page, 'waves-02-cut-offs')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('tab', { name: '建波次' }).click()
  await expect(page.getByRole('button', { name: '建波次（11 单）' })).toBeEnabled()
  await picture(page, 'waves-03-make')
  await accessible(page, 'make a wave')
  await fits(page, 'make a wave')
  await page.getByRole('radio', { name: '爆款' }).click()
  await expect(page.getByRole('button', { name: '建波次（8 单）' })).toBeEnabled()
  await page.getByRole('button', { name: '存为规则' }).click()
  await page.getByRole('textbox', { name: '规则名称' }).fill('每日爆款')
  await page.getByRole('textbox', { name: '规则名称' }).press('Enter')
  await page.getByRole('button', { name: '重置' }).click()
  await page.getByRole('radio', { name: '多品' }).click()
  await page.getByRole('button', { name: '建波次（3 单）' }).click()
  await expect(page.getByRole('heading', { name: /^波次 W\d{6}-001$/ })).toBeVisible()
  const id = new URL(page.url()).pathname.split('/').pop() ?? ''
  const code = ((await page.getByRole('heading', { level: 1 }).textContent()) ?? '').replace('波次 ', '')
  await expect(page.getByRole('table', { name: '拣货单' }).getByRole('row')).toHaveCount(4)
  await picture(page, 'waves-04-wave')
  await accessible(page, 'wave')
  await fits(page, 'wave')

  // The rule fills the form in; the stack is picked from paper, all of it at once.
  await page.goto(`${server.url}/waves?tab=make`)
  await page.getByRole('button', { name: '每日爆款', exact: true }).click()
  await page.getByRole('button', { name: '建波次（8 单）' }).click()
  await expect(page.getByRole('heading', { name: /-002$/ })).toBeVisible()
  const stack = new URL(page.url()).pathname.split('/').pop() ?? ''
  const pdf = await page.request.get(`${server.url}/api/v1/waves/${stack}/pick-list.pdf`)
  expect(pdf.headers()['content-type']).toContain('pdf')
  await page.getByRole('button', { name: '其余 8 件全部拣齐' }).click()
  await expect(page.getByText('已拣 8 / 8 件').first()).toBeVisible()

  // The hand-held: location, item, basket; a wrong item is refused by sight and sound.
  const phone = await browser.newContext({ viewport: { width: 375, height: 740 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' })
  const hand = await phone.newPage()
  const complaints = watch(hand)
  await signIn(hand, server, 'zh-CN').catch(async () => {
    await hand.goto(`${server.url}/pick`)
  })
  await hand.goto(`${server.url}/pick`)
  await expect(hand.getByRole('link', { name: new RegExp(code) })).toBeVisible()
  await picture(hand, 'pick-01-choose-375')
  await accessible(hand, 'choose a wave')
  await fits(hand, 'choose a wave')
  await scan(hand, code)
  await expect(hand.getByText('A-01-02')).toBeVisible()
  await picture(hand, 'pick-02-stop-375')
  await accessible(hand, 'pick')
  await fits(hand, 'pick')
  await scan(hand, '6909999999999')
  await expect(hand.getByText('不认识 6909999999999')).toBeVisible()
  await picture(hand, 'pick-03-wrong-375')
  await scan(hand, 'A-01-02')
  await scan(hand, '6901000000017')
  await expect(hand.getByRole('button', { name: '放入 1 号篮 1 件' })).toBeVisible()
  await picture(hand, 'pick-04-basket-375')
  await accessible(hand, 'basket')
  await scan(hand, '9')
  await expect(hand.getByText('9 号篮不要这个')).toBeVisible()
  await scan(hand, '1')
  await scan(hand, `${code}-2`)

  // The network goes, once the server has heard of all so far; what is done is kept and told later.
  await expect.poll(() => hand.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('ordercove.picks.')))).toEqual([])
  await phone.setOffline(true)
  await hand.getByRole('button', { name: '放入 3 号篮 1 件' }).click()
  await expect(hand.getByText('1 步已存在本机')).toBeVisible()
  await expect(hand.getByText('A-01-10')).toBeVisible()
  await picture(hand, 'pick-05-offline-375')
  await accessible(hand, 'offline')
  await phone.setOffline(false)
  await expect(hand.getByText('1 步已存在本机')).toBeHidden({ timeout: 60_000 })
  await expect.poll(async () => (await api.call('GET', `/waves/${id}`)).stops.find((s: { sku_code: string }) => s.sku_code === 'TEA-100').picked).toBe(3)

  // Cups: two are missing for the last basket.
  await scan(hand, '6901000000024')
  await scan(hand, '1')
  await scan(hand, '2')
  await hand.getByRole('button', { name: '缺货' }).click()
  await hand.getByLabel('货架上还有几件？').fill('0')
  await picture(hand, 'pick-06-short-375')
  await accessible(hand, 'short')
  await hand.getByRole('button', { name: '缺 2 件' }).click()
  await expect(hand.getByText('B-02-01')).toBeVisible()
  await hand.getByRole('button', { name: '拿到了' }).click()
  for (const basket of ['1', '2', '3']) await scan(hand, basket)
  await expect(hand.getByText('全部拣完')).toBeVisible()
  await picture(hand, 'pick-07-done-375')

  // The board tells it all, and so does the wave.
  await page.goto(`${server.url}/waves`)
  await expect(page.getByText('已拣 10 / 12 件')).toBeVisible()
  await picture(page, 'waves-05-board')
  await accessible(page, 'board')
  await fits(page, 'board')

  // One is refunded: its basket is named, in red.
  await api.call('POST', `/orders/${house.orders[8]}/hold`, { note: '买家要改地址' })
  await page.goto(`${server.url}/waves/${id}?tab=baskets`)
  await expect(page.getByRole('alert', { name: '这些篮位要抽出来' })).toBeVisible()
  await picture(page, 'waves-06-hit')
  await accessible(page, 'hit')
  // Who may change stock says that what was counted is true.
  await page.getByRole('button', { name: 'CUP-WHITE 减 96 件' }).click()
  await expect(page.getByText('库存已按实数调整')).toBeVisible()
  expect((await api.call('GET', '/stock?q=CUP-WHITE')).items[0].on_hand).toBe(4)
  await picture(page, 'waves-06b-counted')
  await accessible(page, 'counted')
  await page.getByRole('button', { name: '移出' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: /^移出 \d 号篮$/ }).click()
  await expect(page.getByText('已移出', { exact: true })).toBeVisible()

  await expect(hand.getByRole('button', { name: `完成波次 ${code}` })).toBeEnabled()
  await page.getByRole('button', { name: '完成拣货' }).click()
  await picture(page, 'waves-07-close')
  await accessible(page, 'close')
  await page.getByRole('dialog').getByRole('button', { name: /^完成拣货/ }).click()
  await expect(page.getByText('已完成').first()).toBeVisible()
  const after = await api.call('GET', `/waves/${id}`)
  expect(after.state).toBe('closed')
  expect(after.baskets.map((b: { left_reason: string }) => b.left_reason).sort()).toEqual(['', 'removed', 'short'])
  await hand.reload()
  await expect(hand.getByText(`波次 ${code} 已结束`)).toBeVisible()
  await page.goto(`${server.url}/waves?tab=all`)
  await expect(page.getByRole('row')).toHaveCount(3)
  await picture(page, 'waves-08-all')
  await accessible(page, 'all waves')
  await page.goto(`${server.url}/stock?tab=locations`)
  await page.getByLabel('JAR-S 的库位').fill('B-02-03')
  await page.getByLabel('JAR-S 的库位').press('Enter')
  await expect(page.getByText('JAR-S 放在 B-02-03')).toBeVisible()
  await picture(page, 'waves-11-locations')
  await accessible(page, 'locations')
  // A browser names every request that found no network.
  expect(complaints.filter((c) => !/ERR_INTERNET_DISCONNECTED/.test(c))).toEqual([])
  await phone.close()
})

test('a wave that cannot be read says so and offers another try, in English too', async ({ page, watched }) => {
  watched.expected.push(/500|Failed to load resource/)
  const data = new Data(page)
  await signIn(page, house.server)
  await page.goto(`${house.server.url}/waves?tab=make`)
  await expect(page.getByRole('heading', { name: 'Make a wave' })).toBeVisible()
  await english(page, data, 'make a wave')
  await fits(page, 'make a wave en-US')
  await picture(page, 'waves-09-make-en')
  await page.route('**/api/v1/waves?*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ code: 'internal', detail: 'Something went wrong', request_id: 'req-1' }) }))
  await page.goto(`${house.server.url}/waves`)
  await expect(page.getByRole('alert')).toContainText('req-1')
  await picture(page, 'waves-10-failing')
  await accessible(page, 'board failing')
  await page.unroute('**/api/v1/waves?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await english(page, data, 'board')
  await page.goto(`${house.server.url}/waves/1`)
  await expect(page.getByRole('alert')).toContainText('There is no such wave')
  await english(page, data, 'no wave')
  watched.expected.push(/404/)
})
