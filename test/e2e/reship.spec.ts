import { readFileSync } from 'node:fs'
import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, OWNER, PASSWORD, expect, path, signIn, test, tick } from './support/test.ts'
import type { Page } from './support/test.ts'

// What went wrong with an order is made good: a missing piece is sent again for nothing, a
// wrong one is exchanged once it is back, and a channel's after-sale export becomes cases.

async function look(page: Page, name: string): Promise<void> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: /^(加载中|Loading)/ })).toHaveCount(0)
  await picture(page, name)
  await fits(page, name)
  await accessible(page, name)
}

interface House {
  server: Server
  api: Api
  shop: string
  a: string
  warehouse: string
}

async function furnish(): Promise<House> {
  const server = await Server.start()
  const api = new Api(server.url)
  await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
  const shop = (await api.call('POST', '/shops', { channel: 'douyin', name: '暖冬旗舰店', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: true })).id
  const warehouse = (await api.call('GET', '/warehouses')).items[0].id
  const a = (await api.call('POST', '/skus', { code: 'WOOL-RED', product_name: '羊毛围巾 红' })).id
  const b = (await api.call('POST', '/skus', { code: 'WOOL-BLUE', product_name: '羊毛围巾 蓝' })).id
  for (const sku_id of [a, b]) await api.call('POST', '/stock/adjust', { sku_id, warehouse_id: warehouse, set_to: 50, reason: 'opening' })
  return { server, api, shop, a, warehouse }
}

/** A shipped order of two red scarves at 99 yuan. */
async function sold(h: House, no: string): Promise<string> {
  const made = await h.api.call('POST', '/orders', {
    shop_id: h.shop,
    channel_order_no: no,
    paid: true,
    receiver: { name: '沈知夏', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文三路 1 号' },
    lines: [{ sku_id: h.a, quantity: 2, price_fen: 9900 }],
  })
  await ship(h, made.order_id, `YT26${no.replace(/\D/g, '').padStart(11, '0')}`)
  return made.order_id
}

async function ship(h: House, id: string, waybill: string): Promise<void> {
  const one = await h.api.call('GET', `/orders/${id}`)
  if (one.state === 'awaiting_approval') await h.api.call('POST', `/orders/${id}/approve`, {})
  await h.api.call('POST', '/parcels', { order_id: id, carrier: 'YTO', waybill_no: waybill })
}

test('a missing piece is sent again, a wrong one exchanged once it is back', async ({ page, browser }) => {
  test.setTimeout(300_000)
  const h = await furnish()
  try {
    const id = await sold(h, 'S-1001')
    await signIn(page, h.server, 'zh-CN')
    await page.goto(`${h.server.url}/orders/${id}`)
    const section = page.getByRole('region', { name: '补发与换货' })

    await test.step('a reship costs nothing, and more than was ordered is meant', async () => {
      await section.getByRole('button', { name: '补发', exact: true }).click()
      const dialog = page.getByRole('dialog', { name: '补发 · S-1001' })
      await expect(dialog.getByRole('button', { name: '建补发单：发 0 件' })).toBeDisabled()
      await dialog.getByLabel('WOOL-RED 的发出数量').fill('3')
      await dialog.getByLabel('原因').fill('漏发一条')
      await expect(dialog).toContainText('WOOL-RED 的补发总数超过原订单数量')
      await expect(dialog.getByRole('button', { name: '建补发单：发 3 件' })).toBeDisabled()
      await look(page, 'reship-01-reship')
      await dialog.getByLabel('WOOL-RED 的发出数量').fill('1')
      await dialog.getByRole('button', { name: '建补发单：发 1 件' }).click()
      await expect(page.getByText('补发单已创建')).toBeVisible()
      await expect(section.getByRole('link', { name: 'S-1001-R1' })).toBeVisible()
    })

    await test.step('an exchange names the difference and waits for the return', async () => {
      await section.getByRole('button', { name: '换货', exact: true }).click()
      const dialog = page.getByRole('dialog', { name: '换货 · S-1001' })
      await dialog.getByLabel('WOOL-RED 的退回数量').fill('1')
      await expect(dialog.getByLabel('WOOL-RED 的换出单价')).toHaveValue('99.00')
      await dialog.getByRole('combobox', { name: 'WOOL-RED 换成' }).fill('BLUE')
      await page.getByTitle('WOOL-BLUE 羊毛围巾 蓝').click()
      await dialog.getByLabel('WOOL-RED 的换出单价').fill('109')
      await dialog.getByLabel('原因').fill('换颜色')
      await expect(dialog).toContainText('差额 ¥10.00')
      const go = dialog.getByRole('button', { name: '建换货单：退回 1 件，换出 1 件' })
      await expect(go).toBeDisabled()
      await tick(dialog.getByLabel('已向买家收取 ¥10.00'))
      await look(page, 'reship-02-exchange')
      await go.click()
      await expect(section.getByRole('link', { name: 'S-1001-X2' })).toBeVisible()
      await expect(section).toContainText('¥10.00 已收')
      await look(page, 'reship-03-order')
    })

    await test.step('the exchange says what it waits for, until the goods are back', async () => {
      await section.getByRole('link', { name: 'S-1001-X2' }).click()
      await expect(page.getByRole('region', { name: '补发与换货' })).toContainText('换货自')
      await expect(page.getByRole('region', { name: /为什么还没发货/ })).toContainText('等买家退回商品')
      await look(page, 'reship-04-waiting')
      const c = (await h.api.call('GET', '/aftersales?no=S-1001-X2')).items[0]
      await page.goto(`${h.server.url}/aftersales/${c.id}`)
      await expect(page.getByRole('link', { name: 'S-1001-X2' })).toBeVisible()
      await look(page, 'reship-05-case')
      await h.api.call('POST', '/returns', { case_id: c.id, waybill_no: 'SF1234567890123', warehouse_id: h.warehouse, lines: [{ line_id: c.lines[0].line_id, good: 1, defective: 0, missing: 0 }] })
      await page.goto(`${h.server.url}/orders?order_type=exchange`)
      await expect
        .poll(async () => (await h.api.call('GET', '/orders?order_type=exchange')).items[0].holds?.length ?? 0, { timeout: 30_000 })
        .toBe(0)
      await expect(page.getByText('S-1001-X2').first()).toBeVisible()
    })

    await test.step('a new order asks what it is', async () => {
      await page.goto(`${h.server.url}/orders`)
      await page.getByRole('button', { name: /新建订单/ }).click()
      await page.getByRole('dialog').getByText('补发', { exact: true }).click()
      await page.getByLabel('原订单号').fill('S-1001')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('button', { name: '选择 S-1001', exact: true })).toBeVisible()
      await look(page, 'reship-06-new')
      await page.getByRole('button', { name: '选择 S-1001', exact: true }).click()
      await expect(page.getByRole('dialog', { name: '补发 · S-1001' })).toBeVisible()
    })

    await test.step('in English, and where the server fails', async () => {
      const guest = await browser.newPage()
      const words = new Data(guest)
      await signIn(guest, h.server, 'en-US')
      await guest.goto(`${h.server.url}/orders/${id}`)
      const made = guest.getByRole('region', { name: 'Reships and exchanges' })
      await made.getByRole('button', { name: 'Exchange', exact: true }).click()
      await expect(guest.getByRole('dialog', { name: 'Exchange · S-1001' })).toBeVisible()
      await guest.getByLabel('Pieces of WOOL-RED that come back').fill('1')
      await look(guest, 'reship-08-en-exchange')
      await english(guest, words, 'exchange')
      await guest.route('**/follow-ups', (r) => r.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', title: 'x', detail: 'The server failed', request_id: 'req-1' }) }))
      await guest.reload()
      await made.getByRole('button', { name: 'Reship', exact: true }).click()
      await expect(guest.getByRole('dialog')).toContainText('req-1')
      await look(guest, 'reship-09-en-failing')
      await guest.close()
    })
  } finally {
    await h.server.stop()
  }
})

test('a channel’s after-sale export becomes cases, once', async ({ page }) => {
  const h = await furnish()
  try {
    const form = () => {
      const f = new FormData()
      f.append('files', new Blob([readFileSync(path('aftersales/douyin_aftersales.csv'))]), 'douyin_aftersales.csv')
      return f
    }
    const first = await h.api.call('POST', '/imports', form())
    const done = await h.api.done((await h.api.call('POST', `/imports/${first.id}/run`, { shop_id: h.shop, exported_at: new Date().toISOString() })).id)
    expect(done.result.cases).toBe(done.result.created)
    const again = await h.api.call('POST', '/imports', form())
    await signIn(page, h.server, 'zh-CN')
    await page.goto(`${h.server.url}/import?id=${again.id}`)
    await page.getByRole('button', { name: '刚刚导出' }).click()
    await page.getByRole('button', { name: '预览' }).click()
    await expect(page.getByText('售后单', { exact: true }).first()).toBeVisible()
    await expect(page.getByRole('button', { name: /^导入 \d+ 张售后单$/ })).toBeVisible()
    await look(page, 'reship-07-import')
    await page.goto(`${h.server.url}/aftersales?tab=all`)
    await expect(page.getByText('145214015764678826')).toBeVisible()
  } finally {
    await h.server.stop()
  }
})
