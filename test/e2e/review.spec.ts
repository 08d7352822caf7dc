import { accessible, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick, type Page } from './support/test.ts'

// A reviewer works through the queue by keys: what waits and why is counted, an order goes
// to the warehouse that has the goods, one is split, one is rejected with a word to its
// buyer, one needs finance too, and what was approved can be taken back.

async function look(page: Page, name: string): Promise<void> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: /^(加载中|Loading)/ })).toHaveCount(0)
  await picture(page, `review-${name}`)
  await accessible(page, name)
  await fits(page, name)
}

const row = (page: Page, no: string) => page.locator('[data-review]').filter({ hasText: no })

async function open(page: Page, no: string): Promise<void> {
  await row(page, no).getByRole('button').click()
  await expect(page.getByRole('heading', { name: new RegExp(`^${no}`) })).toBeVisible()
}

const chip = (page: Page, name: string) => page.getByRole('group', { name: '待审原因' }).getByRole('button', { name })

test('the review queue is worked through by keys', async ({ page, watched }) => {
  test.setTimeout(300_000)
  watched.expected.push(/status of (409|422|500)/)
  const server = await Server.start()
  try {
    const api = new Api(server.url)
    await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
    const shop = (await api.call('POST', '/shops', { channel: 'generic', name: '暖冬门店', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: false })).id
    const home = (await api.call('GET', '/warehouses')).items[0]
    const other = await api.call('POST', '/warehouses', { code: 'BH', name: '白桦仓' })
    const sku = (await api.call('POST', '/skus', { code: 'SCARF', name: '羊毛围巾', weight_gram: 400 })).id
    await api.call('POST', '/stock/adjust', { sku_id: sku, warehouse_id: home.id, set_to: 6, reason: 'opening' })
    await api.call('POST', '/stock/adjust', { sku_id: sku, warehouse_id: other.id, set_to: 100, reason: 'opening' })
    const policy = await api.call('GET', '/review/policy')
    await api.call('PUT', '/review/policy', { ...policy, rules: [{ name: '大额', enabled: true, condition: { field: 'paid_fen', op: 'ge', value: 20000 }, action: 'finance' }] })
    const order = (no: string, quantity: number, price = 5900, phone = '13800001234') =>
      api.call('POST', '/orders', { shop_id: shop, channel_order_no: no, paid: true, receiver: { name: '赵小满', phone, province: '浙江省', city: '杭州市', district: '西湖区', detail: '文一路 8 号' }, lines: [{ sku_id: sku, quantity, price_fen: price }], freight_fen: 0, discount_fen: 0 })
    await signIn(page, server, 'zh-CN')

    await test.step('nothing waits', async () => {
      await page.goto(`${server.url}/review`)
      await expect(page.getByRole('link', { name: '查看今日已审 0 单' })).toBeVisible()
      await look(page, 'empty')
    })

    await order('R1', 1)
    await order('R2', 2)
    await order('R3', 1, 5900, '1380000')
    await order('R4', 1, 25000)
    await order('R5', 1)
    await order('R6', 500)

    await test.step('what waits is counted by its reason, and each reason narrows the queue', async () => {
      await page.goto(`${server.url}/review`)
      await expect(page.getByRole('tab', { name: /待客审\s*6/ })).toBeVisible()
      await expect(page.getByRole('tab', { name: /待财审\s*0/ })).toBeVisible()
      await expect(chip(page, '缺货 1')).toBeVisible()
      // The blacklist stands in one line with the other steps, in the longer language too.
      for (const [lang, listed, lines, why, other] of [['zh-CN', '加入黑名单', '改商品', '等待审核', 'EN'], ['en-US', 'Add to the blacklist', 'Change items', 'Waits for approval', '中文']] as const) {
        await expect(page.locator('html')).toHaveAttribute('lang', lang)
        await expect(page.getByText(why, { exact: true })).toBeVisible() // the server's words change with ours
        const top = async (name: string) => (await page.getByRole('button', { name, exact: true }).boundingBox())?.y ?? NaN
        await expect.poll(async () => Math.abs((await top(listed)) - (await top(lines)))).toBeLessThan(2)
        await look(page, `full-${lang}`)
        await page.getByRole('button', { name: other, exact: true }).click()
      }
      await chip(page, '地址不全 1').click()
      await expect(page.locator('[data-review]')).toHaveCount(1)
      await expect(page).toHaveURL(/hold=address_incomplete/)
      await chip(page, '地址不全 1').click()
      await expect(page.locator('[data-review]')).toHaveCount(6)
    })

    await test.step('one is approved, the next one opens, and the approval is taken back', async () => {
      await open(page, 'R1')
      await page.keyboard.press('a')
      await expect(row(page, 'R1')).toHaveCount(0)
      await expect(page.getByRole('heading', { name: /^R2/ })).toBeVisible()
      await page.getByRole('status').getByRole('button', { name: '撤销' }).click()
      await expect(row(page, 'R1')).toHaveCount(1)
      await expect(page.getByRole('heading', { name: /^R1/ })).toBeVisible()
      await page.keyboard.press('a')
      await expect(row(page, 'R1')).toHaveCount(0)
    })

    await test.step('an order goes to the warehouse that has the goods', async () => {
      await open(page, 'R5')
      await page.keyboard.press('w')
      const dialog = page.getByRole('dialog', { name: '换仓：R5' })
      await expect(dialog.getByRole('radio', { name: /白桦仓/ })).toBeChecked()
      await expect(dialog.getByText('当前仓库')).toBeVisible()
      await look(page, 'warehouse')
      await dialog.getByRole('button', { name: '改从 白桦仓 发出' }).click()
      await expect(dialog).toBeHidden()
      await expect(page.getByText('已改从 白桦仓 发出')).toBeVisible()
      await page.keyboard.press('a')
      await expect(row(page, 'R5')).toHaveCount(0)
    })

    await test.step('one is split: approved and allocated first, then cut', async () => {
      await open(page, 'R2')
      await page.keyboard.press('c')
      const first = page.getByRole('dialog', { name: '拆分发货单' })
      await expect(first.getByText(/还没有发货单/)).toBeVisible()
      await look(page, 'split-first')
      await first.getByRole('button', { name: '审核、分仓，然后拆' }).click()
      const amount = page.getByRole('dialog', { name: '拆分发货单' }).getByRole('spinbutton').first()
      await amount.fill('1')
      await page.getByRole('dialog', { name: '拆分发货单' }).getByRole('button', { name: /拆成 2/ }).click()
      await expect(page.getByRole('dialog', { name: '拆分发货单' })).toBeHidden()
      await expect(row(page, 'R2')).toHaveCount(0)
    })

    await test.step('a buyer is asked to complete the address, and a person says that it was sent', async () => {
      await open(page, 'R3')
      await page.getByRole('button', { name: '请买家补全地址' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '写给买家' }).click()
      await expect(page.getByText('平台收不了消息，请复制到聊天窗口')).toBeVisible()
      await page.getByRole('button', { name: '已发给买家' }).click()
      await expect(page.getByText(/^已发送/)).toBeVisible()
      await look(page, 'asked')
      await page.keyboard.press('d')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('原因', { exact: true }).fill('地址补不全')
      await look(page, 'reject')
      await tick(dialog.getByRole('checkbox', { name: /写进卖家备注/ }))
      await dialog.getByRole('button', { name: '驳回并挂起' }).click()
      await expect(dialog).toBeHidden()
      await expect(row(page, 'R3').getByText('人工挂起')).toBeVisible()
    })

    await test.step('finance looks at it after customer service, and it takes two', async () => {
      await open(page, 'R4')
      await page.keyboard.press('a')
      await page.getByRole('tab', { name: /待财审\s*1/ }).click()
      await expect(page.getByText('客审：林店长')).toBeVisible()
      await look(page, 'finance')
      await page.keyboard.press('a')
      await expect(page.getByText('财审与客审须由不同的人完成', { exact: true })).toBeVisible()
      await page.keyboard.press('d')
      await page.getByRole('dialog').getByRole('button', { name: /1 单$/ }).click()
      await expect(page.getByText('没有待财审的订单')).toBeVisible()
      await page.getByRole('tab', { name: /待客审\s*3/ }).click()
      await expect(row(page, 'R4')).toHaveCount(1)
    })

    await test.step('from the order list many are sealed, which is taken back', async () => {
      await page.goto(`${server.url}/orders?tab=awaiting_shipment&sort=placed_desc`)
      await expect(page.getByText('共 3 单')).toBeVisible()
      await expect(page.getByRole('checkbox', { name: /^选择订单 R/ })).toHaveCount(3)
      await tick(page.getByRole('checkbox', { name: '选择本页' }))
      await page.getByRole('button', { name: '发货与锁单' }).click()
      await look(page, 'out-menu')
      await page.getByRole('menuitem', { name: '指定快递' }).click()
      const carrier = page.getByRole('dialog', { name: '批量指定快递' })
      await expect(carrier.getByText('将处理 2 个，跳过 2 个')).toBeVisible()
      await look(page, 'out-carrier')
      await carrier.getByRole('button', { name: '取消' }).click()
      await page.getByRole('button', { name: '发货与锁单' }).click()
      await page.getByRole('menuitem', { name: '锁单' }).click()
      const seal = page.getByRole('dialog', { name: '批量锁单' })
      await expect(seal.getByText('订单没有待发的发货单', { exact: false })).toBeVisible()
      await seal.getByRole('button', { name: '锁定 2 个发货单' }).click()
      await page.getByRole('status').getByRole('button', { name: '撤销' }).last().click()
      await expect(page.getByText('已撤销 2 个')).toBeVisible()
    })

    await test.step('the queue cannot be read: the reason, the request and a way to try again', async () => {
      await page.route('**/api/v1/orders?*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ title: 'x', status: 500, code: 'internal', detail: '服务器出错了', request_id: 'req-1' }) }))
      await page.route('**/api/v1/review/counts*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ title: 'x', status: 500, code: 'internal', detail: '服务器出错了', request_id: 'req-2' }) }))
      await page.goto(`${server.url}/review?shop_id=${shop}`)
      await expect(page.getByRole('alert')).toContainText('请求号 req-1', { timeout: 30_000 })
      await expect(page.getByRole('tab', { name: /^待客审\s*\u2013$/ })).toBeVisible()
      await look(page, 'failing')
      await page.unroute('**/api/v1/orders?*')
      await page.unroute('**/api/v1/review/counts*')
      await page.getByRole('alert').getByRole('button', { name: '重试' }).click()
      await expect(page.locator('[data-review]')).toHaveCount(3)
    })
  } finally {
    await server.stop()
  }
})
