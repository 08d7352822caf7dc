import { accessible, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick } from './support/test.ts'

// A supplier is entered, its warehouse takes orders, it gets them through its own link,
// refuses one, ships one, and one that was refunded meanwhile is stopped.

interface House {
  server: Server
  api: Api
}

async function open(): Promise<House> {
  const server = await Server.start()
  const api = new Api(server.url)
  await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '青禾茶铺', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
  await api.call('POST', '/warehouses', { code: 'SM', name: '松木仓', province: '浙江省', city: '湖州市' })
  return { server, api }
}

async function orders({ api }: House): Promise<void> {
  const warehouse = (await api.call('GET', '/warehouses')).items.find((w: { code: string }) => w.code === 'SM').id as string
  const shop = (await api.call('POST', '/shops', { channel: 'generic', name: '青禾官方店', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: true })).id as string
  const sku = (await api.call('POST', '/skus', { product_name: '明前龙井 100 克', code: 'TEA-100' })).id as string
  await api.call('POST', '/stock/adjust', { sku_id: sku, warehouse_id: warehouse, set_to: 100, reason: '期初' })
  const ids: string[] = []
  for (const n of [1, 2, 3]) {
    const order = await api.call('POST', '/orders', {
      shop_id: shop,
      channel_order_no: `G-00${n}`,
      paid: true,
      receiver: { name: '沈知夏', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区', detail: `文三路 ${n} 号` },
      lines: [{ sku_id: sku, quantity: n, price_fen: 9900 }],
    })
    ids.push(order.order_id)
  }
  await api.call('POST', '/orders/bulk/approve', { ids }) // short in the default warehouse, they wait for a person
  const out = await api.call('POST', '/fulfillment-orders/allocate', { order_ids: ids, warehouse_id: warehouse })
  if (out.failed.length > 0) throw new Error(JSON.stringify(out.failed))
}

let house: House
test.beforeAll(async () => {
  house = await open()
})
test.afterAll(async () => {
  await (house as House | undefined)?.server.stop()
})

test('orders go to a supplier, and come back shipped, refused or stopped', async ({ page, browser }) => {
  test.setTimeout(400_000)
  const { server, api } = house
  await signIn(page, server, 'zh-CN')
  await page.goto(`${server.url}/settings/suppliers`)
  await expect(page.getByText('还没有供应商')).toBeVisible()
  await picture(page, 'suppliers-01-empty')
  await page.getByRole('button', { name: '新增供应商' }).click()
  const dialog = page.getByRole('dialog', { name: '新增供应商' })
  await dialog.getByLabel('名称').fill('松木供应链')
  await dialog.getByLabel('联系人').fill('周一帆')
  await dialog.getByLabel('截单时间').fill('16:00')
  await picture(page, 'suppliers-02-add')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('cell', { name: '16:00' })).toBeVisible()
  await page.getByRole('button', { name: '商品与入口' }).click()
  const drawer = page.getByRole('dialog', { name: '松木供应链' })
  await drawer.getByLabel('松木仓').click()
  await expect(drawer.getByLabel('松木仓')).toBeChecked()
  await drawer.getByRole('button', { name: '生成链接' }).click()
  const link = (await drawer.getByRole('status').locator('code').textContent()) ?? ''
  expect(link).toContain('/supplier#ocs_')
  await picture(page, 'suppliers-03-drawer')
  await accessible(page, 'suppliers')
  await fits(page, 'suppliers')

  await orders(house)
  await page.goto(`${server.url}/dropship`)
  await expect(page.getByText('G-001')).toBeVisible()
  await tick(page.getByLabel('全选本页'))
  await picture(page, 'suppliers-04-ready')
  await accessible(page, 'dropship')
  await fits(page, 'dropship')
  await page.getByRole('button', { name: '发 3 单给 松木供应链' }).click()
  await expect(page.getByText('成功 3 单，失败 0 单')).toBeVisible()
  await expect(page.getByText('没有待发送的代发单')).toBeVisible()

  // One is put on hold meanwhile: the supplier sees that it must not leave.
  const held = (await api.call('GET', '/orders?q=G-003')).items[0].id as string
  await api.call('POST', `/orders/${held}/hold`, { note: '客户要改地址' })

  const door = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
  await door.goto(link.replace(/^https?:\/\/[^/]+/, server.url))
  await expect(door.getByRole('heading', { name: '松木供应链 · 代发订单' })).toBeVisible()
  expect(door.url()).not.toContain('ocs_')
  await expect(door.getByText('138****8000').first()).toBeVisible()
  await expect(door.getByText('文三路 1 号')).toHaveCount(0)
  await expect(door.getByText(/请勿发货：/)).toHaveCount(1)
  await picture(door, 'suppliers-05-portal')
  await accessible(door, 'supplier portal')
  await tick(door.getByLabel('选择 G-002'))
  await door.getByRole('button', { name: '拒单' }).click()
  await door.getByRole('dialog').getByLabel('原因').fill('缺货')
  await door.getByRole('dialog').getByRole('button', { name: '拒单' }).click()
  await expect(door.getByText('成功 1 单，失败 0 单')).toBeVisible()
  await door.getByLabel('快递单号 G-001').fill('123')
  await door.getByLabel('快递公司 G-001').fill('圆通')
  await door.getByRole('button', { name: '发货', exact: true }).click()
  await expect(door.getByText('成功 0 单，失败 1 单')).toBeVisible()
  await picture(door, 'suppliers-06-refused-number')
  await door.getByLabel('快递单号 G-001').fill('YT2600000000001')
  await door.getByRole('button', { name: '发货', exact: true }).click()
  await expect(door.getByText('成功 1 单，失败 0 单')).toBeVisible()

  await page.getByRole('tab', { name: '已发货' }).click()
  await expect(page.getByText('YT2600000000001')).toBeVisible()
  await page.getByRole('tab', { name: '已拒单' }).click()
  await expect(page.getByText('拒单原因：缺货')).toBeVisible()
  await picture(page, 'suppliers-07-refused')
})
