import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick, type Page } from './support/test.ts'

// What leaves in which parcel: an order says what it waits for, is split and merged from
// its detail, and the page of merges suggests, merges many, and asks about a printed one.

interface House {
  server: Server
  api: Api
  shop: string
  sku: string
  main: string
  east: string
}

async function furnish(): Promise<House> {
  const server = await Server.start()
  const api = new Api(server.url)
  await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
  const shop = (await api.call('POST', '/shops', { channel: 'pdd', name: '暖冬旗舰店', live_from_at: '2026-01-01T00:00:00+08:00' })).id
  const main = (await api.call('GET', '/warehouses')).items[0].id
  const east = (await api.call('POST', '/warehouses', { code: 'EAST', name: '东仓' })).id
  const sku = (await api.call('POST', '/skus', { code: 'WOOL-1', product_name: '羊毛围巾' })).id
  for (const warehouse_id of [main, east]) await api.call('POST', '/stock/adjust', { sku_id: sku, warehouse_id, set_to: 500, reason: 'opening' })
  return { server, api, shop, sku, main, east }
}

const PEOPLE = ['沈知夏', '顾南乔', '陆清川'] as const

/** An approved order of one of the people above; allocated unless told otherwise. */
async function order(h: House, no: string, who: number, quantity = 1, allocate = true): Promise<string> {
  const made = await h.api.call('POST', '/orders', {
    shop_id: h.shop,
    channel_order_no: no,
    paid: true,
    receiver: { name: PEOPLE[who], phone: `1380013800${who}`, province: '浙江省', city: '杭州市', district: '西湖区', detail: `文三路 ${who + 1} 号` },
    lines: [{ sku_id: h.sku, quantity, price_fen: 9900 }],
  })
  const id: string = made.order_id
  await h.api.call('POST', '/orders/bulk/approve', { ids: [id], params: {}, dry_run: false })
  if (allocate) await h.api.call('POST', '/fulfillment-orders/allocate', { order_ids: [id] })
  return id
}

async function fulfillmentOf(h: House, id: string): Promise<{ id: string; state: string }> {
  const { items } = await h.api.call('GET', `/fulfillment-orders?order_id=${id}&state=open`)
  return items[0]
}

async function settled(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: /^(加载中|Loading)/ })).toHaveCount(0)
  await page.evaluate(() => document.fonts.ready)
}

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  await picture(page, name)
  await fits(page, name)
  await accessible(page, name)
}

test('an order is split and merged from its detail, and each is taken back', async ({ page }) => {
  const h = await furnish()
  try {
    const waiting = await order(h, 'F-WAIT', 2, 1, false)
    const many = await order(h, 'F-SPLIT', 0, 3)
    const first = await order(h, 'F-ONE', 1)
    await order(h, 'F-TWO', 1)
    await signIn(page, h.server, 'zh-CN')

    await page.goto(`${h.server.url}/orders/${waiting}`)
    const why = page.getByRole('region', { name: '为什么还没发货' })
    await expect(why).toContainText('还没有分配仓库')
    await expect(why).toContainText('¥99.00')
    await look(page, 'fulfil-01-why-not-allocated')

    await page.goto(`${h.server.url}/orders/${many}`)
    await expect(page.getByText('发货单 1/1', { exact: true })).toBeVisible()
    await expect(why).toContainText('已分配仓库，等待发货')
    await why.getByText('为什么选这个仓库').click()
    await look(page, 'fulfil-02-order')
    await page.getByRole('button', { name: '拆单' }).click()
    const split = page.getByRole('dialog', { name: '拆分发货单' })
    await expect(split.getByText('每一份至少一件')).toBeVisible()
    await expect(split.getByRole('button', { name: /拆成/ })).toBeDisabled()
    await split.getByRole('spinbutton', { name: /第 1 份/ }).fill('2')
    await split.getByRole('combobox', { name: '第 1 份的仓库' }).click()
    await page.getByTitle('东仓').click()
    await expect(split.getByText('总数不变，金额不变')).toBeVisible()
    await look(page, 'fulfil-03-split')
    await split.getByRole('button', { name: '拆成 2 份' }).click()
    await expect(page.getByText('发货单 2/2', { exact: true })).toBeVisible()
    await expect(page.getByText('已拆成 2 个发货单')).toBeVisible()
    await look(page, 'fulfil-04-split-done')
    await page.getByRole('button', { name: '撤销' }).click()
    await expect(page.getByText('发货单 1/1', { exact: true })).toBeVisible()

    await page.goto(`${h.server.url}/orders/${first}`)
    await page.getByRole('button', { name: '合单' }).click()
    const merge = page.getByRole('dialog', { name: '合并发货' })
    await expect(merge).toContainText('F-TWO')
    await look(page, 'fulfil-05-merge')
    await merge.getByRole('button', { name: '合并 2 个' }).click()
    await expect(page.getByText('与另外 1 个订单合并')).toBeVisible()
    await page.getByRole('button', { name: '取消合并' }).click()
    const apart = page.getByRole('dialog', { name: '取消合并' })
    await expect(apart).toContainText('F-TWO')
    await look(page, 'fulfil-06-unmerge')
    await apart.getByRole('button', { name: '拿出 2 个订单' }).click()
    await expect(page.getByText('已分成 2 个发货单')).toBeVisible()
    await expect(page.getByText('与另外 1 个订单合并')).toHaveCount(0)
  } finally {
    await h.server.stop()
  }
})

test('suggestions are merged at once, and a new order goes into a printed parcel', async ({ page, watched }) => {
  const h = await furnish()
  try {
    for (const [i, who] of [0, 0, 1, 1, 2].entries()) await order(h, `M-${i}`, who)
    await signIn(page, h.server, 'zh-CN')
    await page.goto(`${h.server.url}/merge`)
    await expect(page.getByText('2 组可以合并')).toBeVisible()
    await look(page, 'fulfil-11-suggestions')

    await page.getByRole('button', { name: '合单规则' }).click()
    const policy = page.getByRole('dialog', { name: '合单规则' })
    await policy.getByRole('spinbutton', { name: '等待后续订单（分钟）' }).fill('60')
    await look(page, 'fulfil-12-policy')
    await policy.getByRole('button', { name: '保存' }).click()
    await expect(page.getByText('等后续订单到').first()).toBeVisible()

    await page.getByRole('button', { name: '全部合并' }).click()
    const all = page.getByRole('dialog', { name: '批量合单' })
    await expect(all).toContainText('还在等该收件人的后续订单 × 2')
    await expect(all.getByRole('button', { name: /合并 0 组/ })).toBeDisabled()
    await tick(all.getByRole('checkbox', { name: '包括还在等后续订单的' }))
    await expect(all).toContainText('将合并 2 组，共 4 个发货单')
    await look(page, 'fulfil-13-merge-all')
    await all.getByRole('button', { name: '合并 2 组' }).click()
    await expect(all.getByText('2 / 2')).toBeVisible()
    await all.getByRole('button', { name: '关闭' }).last().click()
    await expect(page.getByText('现在没有可以合并的发货单')).toBeVisible()
    await look(page, 'fulfil-14-nothing')

    // A parcel is printed, and its receiver buys again.
    const printed = await order(h, 'P-1', 2)
    const parcel = await fulfillmentOf(h, printed)
    await h.api.call('POST', '/fulfillment-orders/seal', { ids: [parcel.id], reason: 'print' })
    await order(h, 'P-2', 2)
    await page.goto(`${h.server.url}/merge?tab=prompts`)
    await expect(page.getByText('1 条待处理')).toBeVisible()
    await look(page, 'fulfil-15-prompts')
    await page.getByRole('button', { name: '追加并重打' }).click()
    await expect(page.getByText('没有待处理的追加提示')).toBeVisible()
    await look(page, 'fulfil-16-no-prompts')
    const now = await h.api.call('GET', `/fulfillment-orders/${parcel.id}`)
    expect(now.order_count).toBe(2)
    expect(now.version).toBeGreaterThan(1)

    // What the server refuses is said with the number to ask about, and tried again.
    watched.expected.push(/503/)
    let broken = true
    await page.route('**/api/v1/merge-suggestions*', (r) =>
      broken ? r.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'web.unavailable', detail: '暂时不可用', request_id: 'abc123' }) }) : r.continue(),
    )
    await page.goto(`${h.server.url}/merge`)
    await expect(page.getByRole('alert')).toContainText('abc123')
    await look(page, 'fulfil-17-failing')
    broken = false
    await page.getByRole('button', { name: '重试' }).click()
    await expect(page.getByRole('alert')).toHaveCount(0)
  } finally {
    await h.server.stop()
  }
})

test('the same screens read in English', async ({ page }) => {
  const h = await furnish()
  try {
    const data = new Data(page)
    const one = await order(h, 'E-1', 0, 2)
    await order(h, 'E-2', 0)
    await signIn(page, h.server)
    await page.goto(`${h.server.url}/merge`)
    await expect(page.getByText('1 group can be merged')).toBeVisible()
    await look(page, 'fulfil-21-suggestions-en')
    await english(page, data, 'merge')
    await page.getByRole('tab', { name: /Prompts to append/ }).click()
    await look(page, 'fulfil-22-prompts-en')
    await english(page, data, 'prompts')
    await page.goto(`${h.server.url}/orders/${one}`)
    await page.getByText('Why this warehouse').click()
    await look(page, 'fulfil-23-order-en')
    await english(page, data, 'order with its reasons')
    await page.getByRole('button', { name: 'Split' }).click()
    await look(page, 'fulfil-24-split-en')
    await english(page, data, 'split dialog')
  } finally {
    await h.server.stop()
  }
})
