import { accessible, Data, english, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick, type Page } from './support/test.ts'

// Twelve orders get their numbers and labels; one is cancelled meanwhile and named. What
// came out of the printer counts as printed, what is printed again asks why, and what is
// printed to ship leaves.

async function settled(page: Page): Promise<void> {
  await expect(page.locator('main')).toBeVisible()
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: /^(加载中|Loading)/ })).toHaveCount(0)
}

async function look(page: Page, name: string): Promise<void> {
  await settled(page)
  await picture(page, `print-${name}`)
  await accessible(page, name)
  await fits(page, name)
}

async function choose(page: Page, box: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: box, exact: true }).last().click()
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').getByTitle(option, { exact: true }).last().click()
}

interface Made {
  order: string
  fulfillment: string
}

async function order(api: Api, shop: string, sku: string, no: string, quantity = 1): Promise<Made> {
  const receiver = { name: '赵小满', phone: `138${no.padStart(8, '0')}`, province: '浙江省', city: '杭州市', district: '西湖区', detail: `文一路 ${no} 号` }
  const made = await api.call('POST', '/orders', { shop_id: shop, channel_order_no: `N${no}`, paid: true, receiver, lines: [{ sku_id: sku, quantity, price_fen: 5900 }], freight_fen: 0, discount_fen: 0 })
  let found: { id: string }[] = []
  await expect
    .poll(async () => {
      found = (await api.call('GET', `/fulfillment-orders?order_id=${made.order_id}`)).items
      if (found.length === 0) await api.call('POST', '/fulfillment-orders/allocate', { order_ids: [made.order_id] })
      return found.length
    })
    .toBe(1)
  return { order: made.order_id, fulfillment: found[0]!.id }
}

// Which of the two is said depends on whether fulfillment has heard of it yet.
const CANCELLED = /发货单已不在待发状态|已取消或退款/

const close = (api: Api, id: string) => api.call('POST', `/orders/${id}/close`, { reason: 'buyer_cancelled' })

async function count(page: Page, tab: string, n: number): Promise<void> {
  await expect(page.getByRole('tab', { name: new RegExp(`^${tab}\\s*${n}$`) })).toBeVisible()
}

test('labels are printed, one order drops out, a reprint asks why, and what is printed ships', async ({ page, watched }) => {
  test.setTimeout(400_000)
  watched.expected.push(/status of (409|422|500)/)
  const server = await Server.start()
  try {
    const api = new Api(server.url)
    await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
    const shop = (await api.call('POST', '/shops', { channel: 'generic', name: '暖冬门店', live_from_at: '2026-01-01T00:00:00+08:00', auto_approve: true })).id
    const warehouse = (await api.call('GET', '/warehouses')).items[0]
    const skus: string[] = []
    for (const [code, name] of [['SCARF', '羊毛围巾'], ['GLOVE', '绒线手套']] as const) {
      const sku = await api.call('POST', '/skus', { code, name, weight_gram: 400 })
      await api.call('POST', '/stock/adjust', { sku_id: sku.id, warehouse_id: warehouse.id, set_to: 200, reason: 'opening' })
      skus.push(sku.id)
    }
    const sender = { name: '林店长', phone: '13900002222', province: '浙江省', city: '杭州市', district: '余杭区', detail: '良睦路 9 号' }
    const account = await api.call('POST', '/carrier-accounts', { kind: 'numbers', carrier: 'ZTO', name: '中通号段', low_at: 8, sender })
    await api.call('POST', `/carrier-accounts/${account.id}/numbers`, { numbers: Array.from({ length: 20 }, (_, i) => `75${String(120_000_000_000 + i * 7)}`) })
    await signIn(page, server, 'zh-CN')

    await test.step('empty', async () => {
      await page.goto(`${server.url}/print`)
      await expect(page.getByText('没有待打印的发货单')).toBeVisible()
      await look(page, 'empty')
      await page.goto(`${server.url}/print?tab=batches`)
      await look(page, 'empty-batches')
    })

    const made: Made[] = []
    for (let i = 1; i <= 12; i++) made.push(await order(api, shop, i > 9 ? skus[1]! : skus[0]!, String(i), i > 6 && i <= 9 ? 2 : 1))

    await test.step('the queue, grouped and stacked', async () => {
      await page.goto(`${server.url}/print`)
      await count(page, '未打印', 12)
      await expect(page.getByRole('button', { name: '同款 6 单' })).toBeVisible()
      await page.getByRole('button', { name: '同款 3 单' }).first().click()
      await look(page, 'full')
    })

    await test.step('twelve are chosen; one is cancelled before its number is asked for', async () => {
      await tick(page.getByRole('checkbox', { name: '全选' }))
      await expect(page.getByText('已选 12 单 15 件')).toBeVisible()
      await expect(page.getByText(/中通号段：/)).toBeVisible()
      await look(page, 'chosen')
      await close(api, made[11]!.order)
      await page.getByRole('button', { name: '打印 12 单' }).click()
      await expect(page.getByText('1 单未能打印')).toBeVisible({ timeout: 60_000 })
      await expect(page.getByRole('listitem').filter({ hasText: 'N12' })).toContainText(CANCELLED)
      await expect(page.getByText('待打印', { exact: true })).toBeVisible({ timeout: 60_000 })
      await count(page, '待确认', 11)
      await look(page, 'run')
    })

    await test.step('another is cancelled while its label waits: it is taken out before the file opens', async () => {
      await close(api, made[0]!.order)
      await page.getByRole('button', { name: '打开 PDF' }).click()
      await expect(page.getByText('1 张面单的订单有变动', { exact: false })).toBeVisible()
      await expect(page.getByText('待确认 10 · 不可打印 1')).toBeVisible({ timeout: 30_000 })
      await look(page, 'withdrawn')
      const [answer] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/labels.pdf') && r.status() === 200, { timeout: 30_000 }), page.getByRole('button', { name: '打开 PDF' }).click()])
      expect((await answer.body()).subarray(0, 4).toString()).toBe('%PDF')
    })

    await test.step('what came out is told, what did not is free again', async () => {
      await page.getByRole('button', { name: '有没打出来的' }).click()
      const dialog = page.getByRole('dialog', { name: /哪些打出来了/ })
      await dialog.getByRole('spinbutton', { name: '从第几张' }).fill('11')
      await dialog.getByRole('spinbutton', { name: '到第几张' }).fill('11')
      await accessible(page, 'tell')
      await picture(page, 'print-tell')
      await dialog.getByRole('button', { name: '1 张没打出来' }).click()
      await page.getByRole('button', { name: '9 张都打出来了' }).click()
      await expect(page.getByText('已记下 9 张')).toBeVisible()
      await count(page, '已打印未发货', 9)
      await count(page, '未打印', 1)
    })

    await test.step('a second print asks why and is marked', async () => {
      await page.getByRole('tab', { name: /^已打印未发货/ }).click()
      await page.getByRole('button', { name: '同款 5 单' }).click()
      await tick(page.getByRole('checkbox', { name: '选择订单 N2', exact: true }))
      await page.getByRole('button', { name: '重打 1 张' }).click()
      const dialog = page.getByRole('dialog', { name: '再打一次？' })
      await expect(dialog.getByRole('button', { name: '重打 1 张' })).toBeDisabled()
      await dialog.getByLabel('重打原因').fill('面单破损')
      await accessible(page, 'again')
      await picture(page, 'print-again')
      await dialog.getByRole('button', { name: '重打 1 张' }).click()
      await expect(page.getByText(/^批次 \d{4}-2$/)).toBeVisible({ timeout: 60_000 })
      await page.getByRole('button', { name: '详情' }).click()
      const drawer = page.getByRole('dialog', { name: /^批次/ })
      await expect(drawer.getByText('重打 1', { exact: true })).toBeVisible()
      await expect(drawer.getByText('重打：面单破损')).toBeVisible()
      await look(page, 'reprinted')
      await drawer.getByRole('button', { name: '1 张都打出来了' }).click()
      await expect(drawer.getByText('已结束')).toBeVisible()
      await drawer.getByRole('button', { name: '关闭' }).click()
    })

    await test.step('a range of a batch is printed again after a jam', async () => {
      await page.getByRole('tab', { name: '打印批次' }).click()
      await look(page, 'batches')
      await page.getByRole('button', { name: /^\d{4}-1$/ }).click()
      await page.getByRole('dialog', { name: /^批次/ }).getByRole('button', { name: '重打一段' }).click()
      const dialog = page.getByRole('dialog', { name: '重打一段' })
      await dialog.getByRole('spinbutton', { name: '从第几张' }).fill('2')
      await dialog.getByRole('spinbutton', { name: '到第几张' }).fill('4')
      await dialog.getByLabel('重打原因').fill('卡纸')
      await picture(page, 'print-range')
      await dialog.getByRole('button', { name: '重打 3 张' }).click()
      await expect(dialog.getByText('1 张没有重打')).toBeVisible()
      await expect(dialog.getByRole('listitem')).toContainText(CANCELLED)
      await dialog.getByRole('button', { name: '关闭' }).last().click()
      const drawer = page.getByRole('dialog', { name: /^批次 \d{4}-3$/ })
      await expect(drawer.getByText('重打自原批次')).toBeVisible()
      await drawer.getByRole('button', { name: '2 张都打出来了' }).click({ timeout: 30_000 })
      await expect(drawer.getByText('已结束')).toBeVisible()
      await drawer.getByRole('button', { name: '关闭' }).click()
    })

    await test.step('what is printed to ship leaves once it is told printed', async () => {
      const last = await order(api, shop, skus[1]!, '13', 2)
      await page.goto(`${server.url}/print`)
      await tick(page.getByRole('checkbox', { name: '选择订单 N13', exact: true }))
      await page.getByRole('button', { name: '打印并发货' }).click()
      await page.getByRole('button', { name: '1 张都打出来了，发货' }).click({ timeout: 60_000 })
      await page.getByRole('button', { name: '详情' }).click()
      const drawer = page.getByRole('dialog', { name: /^批次/ })
      await expect(drawer.getByText('已发货', { exact: true })).toBeVisible({ timeout: 30_000 })
      await look(page, 'shipped')
      expect((await api.call('GET', `/fulfillment-orders/${last.fulfillment}`)).state).toBe('shipped')
      expect((await api.call('GET', `/fulfillment-orders/${made[2]!.fulfillment}`)).state).toBe('open')
    })

    await test.step('what is printed ships from here: the chosen ones, then all of the list', async () => {
      await page.goto(`${server.url}/print?tab=printed`)
      await settled(page)
      const all = page.getByRole('button', { name: /^发货全部 \d+ 个$/ })
      const n = Number((await all.innerText()).match(/\d+/)![0])
      await page.getByRole('button', { name: /^同款 \d+ 单$/ }).first().click()
      await tick(page.getByRole('checkbox', { name: /^选择订单 N/ }).first())
      await page.getByRole('button', { name: '发货所选 1 个' }).click()
      const dialog = page.getByRole('dialog', { name: '批量发货' })
      await expect(dialog.getByText('将处理 1 个，跳过 0 个')).toBeVisible()
      await look(page, 'ship-chosen')
      await dialog.getByRole('button', { name: '发货 1 个包裹' }).click()
      await expect(dialog).toBeHidden()
      await count(page, '已打印未发货', n - 1)
      await close(api, made[3]!.order)
      await all.click()
      await expect(dialog.getByText(/^将处理 \d+ 个，跳过 \d+ 个$/)).toBeVisible()
      await look(page, 'ship-all')
      await dialog.getByRole('button', { name: /^发货 \d+ 个包裹$/ }).click()
      await expect(dialog).toBeHidden()
      await count(page, '已打印未发货', 0)
    })

    await test.step('the queue cannot be read: what was there stays, with the reason and a way to try again', async () => {
      await page.goto(`${server.url}/print?tab=printed`)
      await settled(page)
      await page.route('**/api/v1/print/queue*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ title: 'x', status: 500, code: 'internal', detail: '服务器出错了', request_id: 'req-1' }) }))
      await page.getByRole('tab', { name: /^异常/ }).click()
      await expect(page.getByRole('alert')).toContainText('请求号 req-1', { timeout: 30_000 })
      await look(page, 'failing')
      await page.unroute('**/api/v1/print/queue*')
      await page.getByRole('alert').getByRole('button', { name: '重试' }).click()
      await expect(page.getByRole('alert')).toHaveCount(0)
    })

    await test.step('a template of one’s own: a fault is named, then it is kept', async () => {
      await page.goto(`${server.url}/settings/labels`)
      await look(page, 'templates')
      await page.getByRole('listitem').filter({ hasText: '76×130' }).getByRole('button', { name: '复制为新模板' }).click()
      await expect(page.getByText('可以打印')).toBeVisible({ timeout: 30_000 })
      await page.getByRole('textbox', { name: '名称' }).fill('门店小票')
      await page.getByRole('button', { name: '添加元素' }).click()
      await page.getByRole('textbox', { name: '内容' }).fill('扫码进群领券 {nobody}')
      await expect(page.getByRole('alert')).toContainText('nobody', { timeout: 30_000 })
      await look(page, 'template-fault')
      await expect(page.getByRole('button', { name: '保存' })).toBeDisabled()
      await page.getByRole('textbox', { name: '内容' }).fill('扫码进群领券 {shop}')
      await expect(page.getByText('可以打印')).toBeVisible({ timeout: 30_000 })
      await choose(page, '尺寸', '100×150 mm')
      await expect(page.getByText('可以打印')).toBeVisible({ timeout: 30_000 })
      await look(page, 'template')
      await page.getByRole('button', { name: '保存' }).click()
      await expect(page.getByRole('listitem').filter({ hasText: '门店小票' })).toContainText('100×150')
    })

    await test.step('a station is paired by its code, is there, and is revoked', async () => {
      await page.goto(`${server.url}/settings/stations`)
      await look(page, 'stations-empty')
      await page.getByRole('button', { name: '新建打印站' }).first().click()
      await page.getByLabel('名称').fill('后仓 1 号台')
      await page.getByRole('dialog').getByRole('button', { name: '新建打印站' }).click()
      const code = await page.locator('strong').filter({ hasText: /^[0-9A-Za-z]+-[A-Z2-9]+$/ }).innerText()
      await picture(page, 'print-pairing')
      await accessible(page, 'pairing')
      const paired = await api.call('POST', '/print/agent/pair', { code, printers: ['热敏 1'] })
      await page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click()
      await page.reload()
      await expect(page.getByRole('row').filter({ hasText: '后仓 1 号台' })).toContainText('在线')
      await expect(page.getByRole('row').filter({ hasText: '后仓 1 号台' })).toContainText('热敏 1')
      await look(page, 'stations')
      await page.goto(`${server.url}/print`)
      await choose(page, '打印到', '后仓 1 号台 › 热敏 1')
      await look(page, 'station-chosen')
      await page.goto(`${server.url}/settings/stations`)
      await page.getByRole('button', { name: '停用' }).click()
      await page.getByRole('button', { name: '停用 后仓 1 号台' }).click()
      await expect(page.getByRole('row').filter({ hasText: '后仓 1 号台' })).toContainText('已停用')
      const refused = await fetch(`${server.url}/api/v1/print/agent/tasks`, { method: 'POST', headers: { 'content-type': 'application/json', 'X-Agent-Key': paired.key }, body: JSON.stringify({ limit: 1, printers: [] }) })
      expect(refused.status).toBe(401)
    })

    await test.step('in English', async () => {
      const data = new Data(page)
      await page.evaluate(() => localStorage.setItem('ordercove.language', 'en-US'))
      for (const [name, path] of [['queue', '/print?tab=printed'], ['batches', '/print?tab=batches'], ['labels', '/settings/labels'], ['stations', '/settings/stations']] as const) {
        await page.goto(`${server.url}${path}`)
        await look(page, `en-${name}`)
        await english(page, data, `en-${name}`)
      }
    })
  } finally {
    await server.stop()
  }
})
