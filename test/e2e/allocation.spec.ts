import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick, untick, type Page } from './support/test.ts'

// A merchant with two warehouses says where orders leave from: rules, areas, a try on the
// orders there are, and then it happens by itself.

const TABS = ['rules', 'sites', 'preview'] as const

async function settled(page: Page): Promise<void> {
  await expect(page.locator('main')).toBeVisible()
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: /^(加载中|Loading)/ })).toHaveCount(0)
}

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  await picture(page, `allocation-${name}`)
  await accessible(page, name)
  await fits(page, name)
}

async function choose(page: Page, box: string, option: string): Promise<void> {
  const select = page.getByRole('combobox', { name: box, exact: true }).last()
  await select.click()
  if (await select.isEditable()) await select.fill(option)
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').getByTitle(option, { exact: true }).last().click()
}

test('orders leave from where the rules say, tried before they are saved', async ({ page, watched }) => {
  test.setTimeout(300_000)
  const server = await Server.start()
  try {
    const api = new Api(server.url)
    await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
    const shop = await api.call('POST', '/shops', { channel: 'generic', name: '暖冬门店', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: true })
    const scarf = await api.call('POST', '/skus', { code: 'SCARF', name: '羊毛围巾', weight_gram: 400 })
    const home = (await api.call('GET', '/warehouses')).items[0]
    const far = await api.call('POST', '/warehouses', { code: 'W2', name: '成都仓', province: '四川省', city: '成都市' })
    await api.call('POST', '/stock/adjust', { sku_id: scarf.id, warehouse_id: home.id, set_to: 3, reason: '期初' })
    await api.call('POST', '/stock/adjust', { sku_id: scarf.id, warehouse_id: far.id, set_to: 4, reason: '期初' })
    const receiver = { name: '赵小满', phone: '13800001234', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文一路 8 号' }
    const order = async (no: string, quantity: number): Promise<string> =>
      (await api.call('POST', '/orders', { shop_id: shop.id, channel_order_no: no, paid: true, receiver, lines: [{ sku_id: scarf.id, quantity, price_fen: 5900 }], freight_fen: 0, discount_fen: 0 })).order_id
    await signIn(page, server, 'zh-CN')

    await test.step('empty: every tab says what comes next', async () => {
      for (const tab of TABS) {
        await page.goto(`${server.url}/settings/allocation?tab=${tab}`)
        await look(page, `empty-${tab}`)
      }
    })

    await test.step('goods that lie only elsewhere let an order approve itself', async () => {
      expect((await api.call('GET', `/orders/${await order('AL-1', 2)}`)).state).toBe('awaiting_shipment')
      expect((await api.call('GET', `/orders/${await order('AL-2', 3)}`)).state, 'home has one left').toBe('awaiting_shipment')
      const both = await order('AL-3', 2)
      const waits = await api.call('GET', `/orders/${both}`)
      expect([waits.state, waits.holds], 'no warehouse has two').toEqual(['awaiting_approval', ['out_of_stock']])
      await api.call('POST', `/orders/${both}/approve`, {})
    })

    await test.step('the saved rules are tried on the orders there are', async () => {
      await page.goto(`${server.url}/settings/allocation?tab=preview`)
      await expect(page.getByRole('status').filter({ hasText: '共 3 单' })).toContainText('成都仓 发 1 单 3 件')
      await look(page, 'preview')
      await page.getByRole('button', { name: '等货 1' }).click()
      await expect(page).toHaveURL(/show=waiting/)
      await expect(page.getByRole('row').filter({ hasText: 'AL-3' })).toContainText('没有仓库能发')
      await expect(page.getByRole('row').filter({ hasText: 'AL-1' })).toHaveCount(0)
      await page.getByText('没有规则符合').first().click()
      await expect(page.getByText(/缺货，有 1 \/ 2 件/).first()).toBeVisible()
      await look(page, 'preview-why')
    })

    await test.step('a rule is tried before it is saved', async () => {
      await page.goto(`${server.url}/settings/allocation`)
      await page.getByRole('button', { name: '新增规则' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('规则名称').fill('江浙沪拆单')
      await choose(page, '一个仓发不齐时', '拆到几个仓')
      await expect(dialog.getByText(/几个仓合起来有全部商品就拆单/)).toBeVisible()
      await dialog.getByRole('button', { name: '添加条件' }).click()
      await choose(page, '字段', '省份')
      await choose(page, '取值', '浙江省')
      await dialog.getByRole('button', { name: '用现有订单试算' }).click()
      await expect(dialog.getByRole('button', { name: '拆单 1' })).toBeVisible()
      await look(page, 'rule-dialog')
      await dialog.getByRole('button', { name: '保存', exact: true }).click()
      await expect(dialog).toHaveCount(0)
      await expect(page.getByRole('row').filter({ hasText: '江浙沪拆单' })).toContainText('拆到几个仓')
    })

    await test.step('rules change places by their keys', async () => {
      await api.call('POST', '/allocation-rules', { name: '其余按距离', active: true, action: { strategy: 'distance', shortage: 'wait' } })
      await page.reload()
      const names = () => page.getByRole('table', { name: '规则' }).locator('tbody strong').allInnerTexts()
      await expect.poll(names).toEqual(['江浙沪拆单', '其余按距离'])
      await page.getByRole('button', { name: '上移 其余按距离' }).press('Enter')
      await expect.poll(names).toEqual(['其余按距离', '江浙沪拆单'])
      await look(page, 'rules')
      await page.getByRole('button', { name: '下移 其余按距离' }).press('Enter')
      await expect.poll(names).toEqual(['江浙沪拆单', '其余按距离'])
    })

    await test.step('a warehouse serves some places and not others', async () => {
      await page.goto(`${server.url}/settings/allocation?tab=sites`)
      await page.getByRole('button', { name: '设置区域：成都仓' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: '添加省份或城市' }).click()
      await choose(page, '省份 1', '浙江省')
      await choose(page, '城市 1', '宁波市')
      await untick(dialog.getByLabel('发货 1'))
      await dialog.getByRole('button', { name: '添加“其他所有地区”' }).click()
      await dialog.getByLabel('距离（公里） 2').fill('1800')
      await dialog.getByLabel('首千克（元） 2').fill('6.50')
      await look(page, 'areas-dialog')
      await dialog.getByRole('button', { name: '保存', exact: true }).click()
      await expect(dialog).toHaveCount(0)
      await expect(page.getByRole('row').filter({ hasText: '成都仓' })).toContainText('不发：浙江省 宁波市')
      await page.getByRole('button', { name: `设置区域：${home.name}` }).click()
      await choose(page, '从其他仓库复制', '成都仓（2 行）')
      await expect(dialog.getByLabel('首千克（元） 2')).toHaveValue('6.50')
      await dialog.getByRole('button', { name: '取消' }).click()
      await look(page, 'sites')
    })

    await test.step('the orders are allocated, one of them split', async () => {
      await page.goto(`${server.url}/settings/allocation?tab=preview`)
      await page.getByRole('button', { name: '分配 3 单' }).click()
      const dialog = page.getByRole('dialog')
      await expect(dialog.getByText('其中 1 单拆单')).toBeVisible()
      await look(page, 'run')
      await dialog.getByRole('button', { name: '分配 3 单' }).click()
      await expect(dialog.getByText('3 / 3')).toBeVisible({ timeout: 60_000 })
      await dialog.getByRole('button', { name: '关闭' }).last().click()
      await expect(page.getByText('没有等待分配的订单')).toBeVisible()
      const made = (await api.call('GET', '/fulfillment-orders?state=open')).items
      expect(made.length, 'three orders, one of them from two warehouses').toBe(4)
      await choose(page, '范围', '所有未发出的订单（重新分配）')
      await expect(page.getByRole('button', { name: '不变 3' })).toBeVisible()
      await tick(page.getByRole('checkbox', { name: '选择 AL-2' }))
      await page.getByRole('button', { name: '只分配选中的 1 单' }).click()
      await look(page, 'run-picked')
      await dialog.getByRole('button', { name: '分配 1 单' }).click()
      await expect(dialog.getByText('1 / 1')).toBeVisible({ timeout: 60_000 })
      await dialog.getByRole('button', { name: '关闭' }).last().click()
    })

    await test.step('from now on it happens by itself', async () => {
      await api.call('POST', '/stock/adjust', { sku_id: scarf.id, warehouse_id: far.id, set_to: 9, reason: '到货' })
      await page.goto(`${server.url}/settings/allocation`)
      await tick(page.getByRole('checkbox', { name: /审核通过后自动分仓/ }))
      await expect(page.getByText('以后审核通过的订单会自动分仓')).toBeVisible()
      const one = await order('AL-4', 1)
      await expect.poll(async () => (await api.call('GET', `/fulfillment-orders?order_id=${one}`)).items.map((f: { warehouse_id: string }) => f.warehouse_id), { timeout: 60_000 }).toEqual([far.id])
    })

    await test.step('failing: the error is said and can be tried again', async () => {
      watched.expected.push(/500/)
      const broken = { status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', detail: '服务器内部错误', request_id: 'r-1' }) }
      for (const where of ['**/api/v1/allocation*', '**/api/v1/allocation/*', '**/api/v1/warehouse-sites']) await page.route(where, (route) => route.fulfill(broken))
      for (const tab of TABS) {
        await page.goto(`${server.url}/settings/allocation?tab=${tab}`)
        await expect(page.getByRole('alert').first()).toContainText('服务器内部错误', { timeout: 60_000 })
        await expect(page.getByRole('button', { name: '重试' }).first()).toBeVisible()
        await picture(page, `allocation-failing-${tab}`)
        await accessible(page, `failing ${tab}`)
      }
      await page.unrouteAll()
    })

    await test.step('in English', async () => {
      await page.evaluate(() => localStorage.setItem('ordercove.language', 'en-US'))
      const data = new Data(page)
      for (const tab of TABS) {
        await page.goto(`${server.url}/settings/allocation?tab=${tab}&scope=open`)
        await look(page, `en-${tab}`)
        await english(page, data, tab)
      }
    })
  } finally {
    await server.stop()
  }
})
