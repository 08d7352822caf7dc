import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Simulator } from './support/simulator.ts'
import { Api, expect, OWNER, PASSWORD, signIn, test, type Page } from './support/test.ts'

// A merchant makes a contract with a carrier, says what it charges, which parcels take it
// and where it does not go, and puts right a number of which nobody knows.

interface Account {
  name: string
  base_url: string
  credentials: Record<string, string>
}

const TABS = ['accounts', 'prices', 'rules', 'suspensions', 'waybills', 'uses'] as const

async function settled(page: Page): Promise<void> {
  await expect(page.locator('main')).toBeVisible()
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: /^(加载中|Loading)/ })).toHaveCount(0)
}

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  await picture(page, `carriers-${name}`)
  await accessible(page, name)
  await fits(page, name)
}

async function choose(page: Page, box: string, option: string): Promise<void> {
  const select = page.getByRole('combobox', { name: box, exact: true }).last()
  await select.click()
  // A long list shows its upper end only; typing narrows it.
  if (await select.isEditable()) await select.fill(option)
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').getByTitle(option, { exact: true }).last().click()
}

async function order(api: Api, shop: string, sku: string, no: string): Promise<string> {
  const receiver = { name: '赵小满', phone: '13800001234', province: '浙江省', city: '杭州市', district: '西湖区', detail: '文一路 8 号' }
  const made = await api.call('POST', '/orders', { shop_id: shop, channel_order_no: no, paid: true, receiver, lines: [{ sku_id: sku, quantity: 1, price_fen: 5900 }], freight_fen: 0, discount_fen: 0 })
  let found: { id: string }[] = []
  await expect
    .poll(async () => {
      found = (await api.call('GET', `/fulfillment-orders?order_id=${made.order_id}`)).items
      if (found.length === 0) await api.call('POST', '/fulfillment-orders/allocate', { order_ids: [made.order_id] })
      return found.length
    })
    .toBe(1)
  return found[0]!.id
}

test('a carrier is connected, priced, ruled and suspended, and an unknown number is settled', async ({ page, watched }) => {
  test.setTimeout(400_000)
  const sim = await Simulator.start(['--shops', 'openmall=1', '--shops-each', '0', '--orders', '0', '--days', '1'])
  const server = await Server.start(['--allow-private', '127.0.0.1'])
  try {
    await sim.admin('POST', '/quiesce')
    const office = (await sim.admin<{ accounts: Account[] }>('GET', '/shops')).accounts.find((a) => a.name === 'sf-1')!
    const api = new Api(server.url)
    await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
    const shop = await api.call('POST', '/shops', { channel: 'generic', name: '暖冬门店', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: true })
    const sku = await api.call('POST', '/skus', { code: 'SCARF', name: '羊毛围巾', weight_gram: 400 })
    const warehouse = (await api.call('GET', '/warehouses')).items[0]
    await api.call('POST', '/stock/adjust', { sku_id: sku.id, warehouse_id: warehouse.id, set_to: 50, reason: 'opening' })
    await signIn(page, server, 'zh-CN')

    await test.step('empty: every tab says what comes next', async () => {
      for (const tab of TABS) {
        await page.goto(`${server.url}/settings/carriers?tab=${tab}`)
        await look(page, `empty-${tab}`)
      }
    })

    await test.step('the account', async () => {
      await page.goto(`${server.url}/settings/carriers`)
      await page.getByRole('button', { name: '新增账号' }).click()
      await choose(page, '快递公司', '顺丰速运')
      await page.getByLabel('账号名称').fill('顺丰月结')
      for (const [name, label] of Object.entries({ partner_id: '顾客编码', checkword: '校验码', monthly_card: '月结卡号' })) await page.getByLabel(label, { exact: true }).fill(office.credentials[name]!)
      await page.getByLabel('接口地址').fill(office.base_url)
      await page.getByLabel('发件人', { exact: true }).fill('林店长')
      await page.getByLabel('发件电话').fill('13900002222')
      await choose(page, '省', '浙江省')
      await choose(page, '市', '杭州市')
      await choose(page, '区县', '余杭区')
      await page.getByLabel('详细地址').fill('良睦路 9 号')
      await picture(page, 'carriers-account-dialog')
      await accessible(page, 'account dialog')
      await page.getByRole('button', { name: '保存', exact: true }).click()
      await expect(page.getByRole('row').filter({ hasText: '顺丰月结' })).toContainText('未测试')
      await page.getByRole('button', { name: '查看 顺丰月结' }).click()
      await page.getByRole('button', { name: '测试连接' }).click()
      await expect(page.getByText(/连接正常/)).toBeVisible()
      await look(page, 'account')
      // A wrong secret is named, and never comes back.
      await page.getByRole('dialog', { name: '快递账号' }).getByRole('button', { name: '编辑' }).click()
      await expect(page.getByLabel('校验码', { exact: true })).toHaveValue('')
      await page.getByLabel('校验码', { exact: true }).fill('notarealcheckword')
      await page.getByRole('button', { name: '保存', exact: true }).click()
      await page.getByRole('button', { name: '测试连接' }).click()
      await expect(page.getByText('签名被拒绝')).toBeVisible()
      await look(page, 'account-refused')
      await page.getByRole('dialog', { name: '快递账号' }).getByRole('button', { name: '编辑' }).click()
      await page.getByLabel('校验码', { exact: true }).fill(office.credentials.checkword!)
      await page.getByRole('button', { name: '保存', exact: true }).click()
      await page.getByRole('button', { name: '测试连接' }).click()
      await expect(page.getByText(/连接正常/)).toBeVisible()
    })

    await api.call('POST', '/carrier-accounts', { kind: 'numbers', carrier: 'ZTO', name: '中通号段', low_at: 5 })

    await test.step('the price table, pasted from a sheet', async () => {
      await page.goto(`${server.url}/settings/carriers?tab=prices`)
      await page.getByRole('button', { name: '从表格粘贴' }).click()
      await page.getByLabel('粘贴的表格').fill('省\t首重\t首费\t续重\t续费\n全国\t1\t18\t1\t8\n浙江省\t1\t十二\t1\t2\n')
      await expect(page.getByText('读到 2 行，其中 1 行需要改')).toBeVisible()
      await picture(page, 'carriers-paste')
      await page.getByRole('button', { name: '放入 2 行' }).click()
      await expect(page.getByRole('button', { name: /保存 2 行/ })).toBeDisabled()
      await page.getByLabel('2 首费 ¥').fill('12.00')
      await page.getByRole('button', { name: /保存 2 行/ }).click()
      await expect(page.getByText('共 2 行', { exact: true })).toBeVisible()
      await look(page, 'prices')
      await page.reload()
      await expect(page.getByLabel('2 首费 ¥')).toHaveValue('12.00')
    })

    const first = await order(api, shop.id, sku.id, 'A-1001')

    await test.step('a rule, tried before it acts', async () => {
      await page.goto(`${server.url}/settings/carriers?tab=rules`)
      await page.getByRole('button', { name: '试算未发货订单' }).click()
      await expect(page.getByRole('row').filter({ hasText: 'A-1001' })).toContainText('顺丰月结')
      await expect(page.getByRole('row').filter({ hasText: 'A-1001' })).toContainText('¥12.00')
      await page.getByRole('button', { name: '新增规则' }).click()
      await page.getByLabel('规则名称').fill('浙江走中通')
      await page.getByRole('combobox', { name: '账号', exact: true }).click()
      await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').getByTitle('中通号段').click()
      await page.getByRole('dialog').getByText('规则名称').click()
      await page.getByRole('button', { name: '添加条件' }).click()
      await choose(page, '取值', '浙江省')
      await page.getByRole('button', { name: '用未发货订单试算' }).click()
      await expect(page.getByRole('dialog').getByRole('row').filter({ hasText: 'A-1001' })).toContainText(/顺丰月结|中通号段/)
      await look(page, 'rule-dialog')
      await page.getByRole('button', { name: '保存', exact: true }).click()
      await expect(page.getByRole('row').filter({ hasText: '浙江走中通' })).toBeVisible()
      await look(page, 'rules')
    })

    await test.step('a suspension', async () => {
      await page.goto(`${server.url}/settings/carriers?tab=suspensions`)
      await page.getByRole('button', { name: '登记停发' }).click()
      await choose(page, '快递', '中通快递')
      await choose(page, '省', '西藏自治区')
      await page.getByLabel('到哪天').fill('2030-01-31')
      await page.getByLabel('原因').fill('大雪封路')
      await picture(page, 'carriers-suspend')
      await page.getByRole('dialog').getByRole('button', { name: '登记停发' }).click()
      await expect(page.getByRole('row').filter({ hasText: '大雪封路' })).toContainText('西藏自治区')
      await look(page, 'suspensions')
    })

    await test.step('numbers at hand, and a warning when they run low', async () => {
      const numbers = (await api.call('GET', '/carrier-accounts')).items.find((a: { kind: string }) => a.kind === 'numbers')
      await page.goto(`${server.url}/settings/carriers?account=${numbers.id}`)
      await page.getByLabel('录入单号', { exact: true }).fill('75123456789012\n75123456789013')
      await page.getByRole('button', { name: '录入 2 个单号' }).click()
      await expect(page.getByRole('row').filter({ hasText: '中通号段' })).toContainText('低于预警值')
      await look(page, 'numbers')
      await page.goto(server.url)
      await page.getByRole('link', { name: /快递账号单号不足/ }).click()
      await expect(page).toHaveURL(/\/settings\/carriers/)
    })

    await test.step('a number is issued, another is lost and settled by a person', async () => {
      const sf = (await api.call('GET', '/carrier-accounts')).items.find((a: { kind: string }) => a.kind === 'carrier')
      await api.call('POST', '/waybills', { fulfillment_order_ids: [first], account_id: sf.id })
      await page.goto(`${server.url}/settings/carriers?tab=waybills`)
      // The list follows by itself: nobody loads it anew.
      await expect(page.getByRole('row').filter({ hasText: 'A-1001' })).toContainText('已取号', { timeout: 60_000 })
      await sim.admin('PUT', '/faults?shop=sf-1', { lose_rate: 1 })
      const second = await order(api, shop.id, sku.id, 'A-1002')
      await api.call('POST', '/waybills', { fulfillment_order_ids: [second], account_id: sf.id })
      const row = page.getByRole('row').filter({ hasText: 'A-1002' })
      await expect(row).toContainText('结果未知', { timeout: 90_000 })
      await page.getByRole('button', { name: '只看结果未知' }).click()
      await look(page, 'waybills')
      await row.getByRole('button', { name: '核对结果' }).click()
      await page.getByRole('textbox', { name: '快递单号' }).fill('SF1011603494291')
      await picture(page, 'carriers-answer')
      await accessible(page, 'answer')
      await page.getByRole('button', { name: '记为单号 SF1011603494291' }).click()
      await expect(page.getByText('没有结果未知的单号')).toBeVisible()
      await page.getByRole('button', { name: '查看全部' }).click()
      await expect(row).toContainText('SF1011603494291')
    })

    await test.step('who used how many', async () => {
      await page.goto(`${server.url}/settings/carriers?tab=uses`)
      await expect(page.getByRole('row').filter({ hasText: '暖冬门店' })).toContainText('2')
      await look(page, 'uses')
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载 CSV' }).click()])
      expect(file.suggestedFilename()).toMatch(/^waybills-.*\.csv$/)
    })

    await test.step('failing: the error is said and can be tried again', async () => {
      watched.expected.push(/500/)
      await page.route('**/api/v1/carrier-*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', detail: '服务器内部错误', request_id: 'r-1' }) }))
      await page.route('**/api/v1/waybills*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', detail: '服务器内部错误', request_id: 'r-1' }) }))
      for (const tab of TABS) {
        await page.goto(`${server.url}/settings/carriers?tab=${tab}`)
        await expect(page.getByRole('alert').first()).toContainText('服务器内部错误', { timeout: 60_000 })
        await expect(page.getByRole('button', { name: '重试' }).first()).toBeVisible()
        await picture(page, `carriers-failing-${tab}`)
        await accessible(page, `failing ${tab}`)
      }
      await page.unroute('**/api/v1/carrier-*')
      await page.unroute('**/api/v1/waybills*')
    })

    await test.step('in English', async () => {
      await page.evaluate(() => localStorage.setItem('ordercove.language', 'en-US'))
      const data = new Data(page)
      for (const tab of TABS) {
        await page.goto(`${server.url}/settings/carriers?tab=${tab}`)
        await look(page, `en-${tab}`)
        await english(page, data, tab)
      }
    })
  } finally {
    await server.stop()
    await sim.stop()
  }
})
