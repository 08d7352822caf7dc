import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Simulator } from './support/simulator.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick } from './support/test.ts'

// A mall's buyers ask for refunds and returns: one is agreed to by hand, two at once, a
// return is scanned, graded and back in stock, and a parcel nobody knows finds its case.

interface Shops {
  shops: { name: string; base_url: string; credentials: Record<string, string> }[]
}

interface Case {
  id: string
  case_no: string
  channel_order_no: string
  kind: string
  state: string
  case_version: string
  lines: { line_id: string; sku_id: string; asked: number }[]
}

test('cases are decided, and what comes back is stock again', async ({ browser }) => {
  test.setTimeout(480_000)
  const sim = await Simulator.start(['--shops', 'openmall=1', '--shops-each', '0', '--orders', '0', '--days', '1'])
  const server = await Server.start(['--allow-private', '127.0.0.1'])
  try {
    await sim.admin('POST', '/quiesce')
    const mall = ((await sim.admin('GET', '/shops')) as Shops).shops[0]!
    const api = new Api(server.url)
    await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
    await api.call('PUT', '/settings/aftersale.agree_limit_fen', { value: 10_000_000 })
    const shop = (await api.call('POST', '/shops', { channel: 'openmall', name: '自建商城', live_from_at: new Date(Date.now() - 86_400_000).toISOString() })).id
    await api.call('PUT', `/shops/${shop}/access`, { base_url: mall.base_url, credentials: mall.credentials })
    const cases = async (): Promise<Case[]> => (await api.call('GET', '/aftersales?limit=100')).items
    const act = (no: string, ...acts: string[]) => acts.reduce((before, one) => before.then(() => sim.admin('POST', `/shops/${mall.name}/orders/${no}/acts`, { do: one })), Promise.resolve() as Promise<unknown>)

    // Three refunds before anything left.
    const unshipped = (await sim.admin('POST', `/shops/${mall.name}/orders`, { count: 3, paid: true, lines: 1 })) as { orders: string[] }
    for (const no of unshipped.orders) await act(no, 'ask_refund')
    const page = await browser.newPage()
    const data = new Data(page)
    await signIn(page, server, 'zh-CN')
    await page.goto(`${server.url}/aftersales`)
    const rowOf = (no: string) => page.getByRole('row').filter({ hasText: no })
    for (const no of unshipped.orders) await expect(rowOf(no)).toContainText('还没发货', { timeout: 60_000 })
    await picture(page, 'aftersales-01-workbench')
    await accessible(page, 'after-sales')
    await fits(page, 'after-sales')

    await test.step('one is agreed to by hand', async () => {
      await rowOf(unshipped.orders[0]!).getByRole('button', { name: '同意退款' }).click()
      await expect(page.getByRole('dialog')).toContainText('包裹在下一次打印、扫描或发货时会被拦下')
      await picture(page, 'aftersales-02-agree')
      await page.getByRole('button', { name: /^退款 .* 给买家$/ }).click()
      await expect.poll(async () => (await cases()).find((c) => c.channel_order_no === unshipped.orders[0])?.state, { timeout: 90_000 }).toBe('refunded')
    })

    await test.step('two are agreed to at once, each with its result', async () => {
      await page.goto(`${server.url}/aftersales`)
      await tick(page.getByRole('checkbox', { name: '全选本页可处理的售后单' }))
      await page.getByRole('button', { name: '批量同意 2 张' }).click()
      await expect(page.getByRole('dialog').getByRole('status')).toContainText('将处理 2 张，跳过 0 张')
      await picture(page, 'aftersales-03-precheck')
      await page.getByRole('button', { name: /^同意 2 张，共退款/ }).click()
      await expect(page.getByRole('dialog')).toContainText('2 / 2', { timeout: 120_000 })
      await picture(page, 'aftersales-04-results')
      await page.getByRole('dialog').getByRole('button', { name: /^关\s*闭$/ }).last().click()
      await expect.poll(async () => (await cases()).filter((c) => c.state === 'refunded').length, { timeout: 90_000 }).toBe(3)
    })

    // Shipped orders: the mall decides by lot what a buyer wants, most send the goods back.
    const shipped = (await sim.admin('POST', `/shops/${mall.name}/orders`, { count: 6, paid: true, lines: 1 })) as { orders: string[] }
    for (const no of shipped.orders) await act(no, 'ship_elsewhere', 'deliver', 'ask_refund')
    await expect.poll(async () => (await cases()).length, { timeout: 90_000 }).toBe(9)
    await api.call('POST', '/listings/accept-proposals', { all: true })
    const returns = (await cases()).filter((c) => c.kind === 'return' && c.state === 'requested')
    expect(returns.length).toBeGreaterThan(0)
    const one = returns[0]!

    await test.step('a return is agreed to on its own page', async () => {
      await page.goto(`${server.url}/aftersales/${one.id}`)
      await expect(page.getByRole('heading', { level: 1 })).toContainText(one.case_no)
      await page.getByRole('button', { name: '同意退货' }).click()
      await page.getByRole('button', { name: /^同意退货，收到后退/ }).click()
      await expect.poll(async () => (await cases()).find((c) => c.id === one.id)?.state, { timeout: 90_000 }).toBe('returning')
      await page.reload()
      await expect(page.getByText('待处理 → 待买家退货')).toBeVisible()
      await picture(page, 'aftersales-05-detail')
      await accessible(page, 'an after-sale case')
      await fits(page, 'an after-sale case')
    })

    await test.step('its parcel arrives before anybody knows whose it is', async () => {
      await act(one.channel_order_no, 'return_goods')
      await expect.poll(async () => (await cases()).find((c) => c.id === one.id)?.state, { timeout: 90_000 }).toBe('receiving')
      await page.goto(`${server.url}/returns`)
      const scan = page.getByRole('textbox', { name: '扫描或输入单号' })
      await scan.fill('ZTO99887766')
      await scan.press('Enter')
      await expect(page.getByText('没有售后单对应这个单号')).toBeVisible()
      await page.getByRole('button', { name: '登记到件' }).click()
      await expect(scan).toBeFocused()
      await page.getByRole('tab', { name: '无主件' }).click()
      await expect(rowOf('ZTO99887766')).toBeVisible()
      await picture(page, 'aftersales-06-ownerless')
    })

    await test.step('the return is scanned, graded and booked', async () => {
      await page.goto(`${server.url}/returns`)
      await expect(rowOf(one.case_no)).toContainText('货在途')
      await picture(page, 'aftersales-07-expected')
      const scan = page.getByRole('textbox', { name: '扫描或输入单号' })
      await scan.fill(one.case_no)
      await scan.press('Enter')
      const book = page.getByRole('button', { name: /^验收入库：良品 \d+，残次 0，缺少 0$/ })
      await expect(book).toBeEnabled()
      await page.getByRole('button', { name: /^残次加一/ }).first().click()
      await picture(page, 'aftersales-08-grade')
      await accessible(page, 'grading a return')
      await fits(page, 'grading a return')
      await page.getByRole('button', { name: /^验收入库：良品 \d+，残次 1，缺少 0$/ }).click()
      await page.getByRole('tab', { name: '已验收' }).click()
      await expect(page.getByRole('row').filter({ hasText: '残次 1' })).toBeVisible()
      await picture(page, 'aftersales-09-inspected')
    })

    await test.step('a failing server keeps the page', async () => {
      await page.route('**/api/v1/aftersales?*', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ title: 'x', status: 503, code: 'web.unavailable', detail: '服务暂时不可用', request_id: 'req-1' }) }))
      await page.goto(`${server.url}/aftersales`)
      await expect(page.getByRole('alert').first()).toContainText('req-1', { timeout: 60_000 })
      await picture(page, 'aftersales-10-failing')
      await accessible(page, 'failing after-sales')
      await page.unroute('**/api/v1/aftersales?*')
    })

    await test.step('nothing waits any more in a tab of its own', async () => {
      await page.goto(`${server.url}/aftersales?tab=refunding`)
      await expect(page.getByText('没有正在退款的售后单')).toBeVisible()
      await picture(page, 'aftersales-11-empty')
    })
    await page.close()

    const guest = await browser.newPage()
    const words = new Data(guest)
    await signIn(guest, server, 'en-US')
    for (const [name, where] of Object.entries({ workbench: '/aftersales?tab=all', detail: `/aftersales/${one.id}`, returns: '/returns' })) {
      await guest.goto(server.url + where)
      await expect(guest.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(guest.getByRole('status', { name: /^Loading/ })).toHaveCount(0)
      await picture(guest, `aftersales-en-${name}`)
      await english(guest, words, name)
      await fits(guest, `${name} en-US`)
    }
    await guest.close()
    expect(data.has(one.case_no)).toBe(true)
  } finally {
    await server.stop()
    await sim.stop()
  }
})
