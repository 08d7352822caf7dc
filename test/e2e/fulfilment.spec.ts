import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { accessible, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Simulator } from './support/simulator.ts'
import { Api, OWNER, PASSWORD, expect, signIn, test, tick, watch, type Page } from './support/test.ts'

// A morning: three hundred orders of five channels are approved by rules, allocated over
// three warehouses with splits, merged, put into a wave, labelled, verified by scan and
// shipped, and the channels are told. One buyer asks for the money back after the label
// was printed, and that parcel stays.

const CHANNELS = ['sandbox', 'openmall', 'wechat', 'woocommerce', 'shopify']
const EACH = 60
const ALL = CHANNELS.length * EACH
/** Buyers who order twice in a shop. */
const TWICE = 3
const root = resolve(import.meta.dirname, '../..')

interface Fulfillment {
  id: string
  warehouse_id: string
  state: string
  order_count: number
  lines: { order_id: string; line_id: string; quantity: number }[]
}
interface Row {
  id: string
  shop_id: string
  channel_order_no: string
  state: string
  lines: { id: string; sku_code: string; quantity: number }[]
}

async function everything<T>(api: Api, path: string): Promise<T[]> {
  const out: T[] = []
  for (let cursor = ''; ; ) {
    const page = await api.call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200&cursor=${encodeURIComponent(cursor)}`)
    out.push(...page.items)
    if (!page.next_cursor) return out
    cursor = page.next_cursor
  }
}

/** Connects a simulated shop by its API, with a person's consent where it asks for one. */
async function join5(api: Api, sim: Simulator, server: Server, channel: string): Promise<string> {
  const name = `${channel}-1`
  const one = await sim.shop(name)
  const manifest = (await api.call('GET', '/channels')).items.find((c: { code: string }) => c.code === channel)
  const credentials: Record<string, string> = {}
  for (const c of manifest.api.credentials) if (one.credentials[c.name]) credentials[c.name] = one.credentials[c.name]!
  const shop = await api.call('POST', '/shops', { channel, name: `暖冬${manifest.name_zh}`, live_from_at: new Date(Date.now() - 3 * 86_400_000).toISOString(), auto_approve: true })
  const access = await api.call('PUT', `/shops/${shop.id}/access`, { credentials, tuning: { poll_interval_ms: 1000, overlap_ms: 5000, reconcile_interval_ms: 10_000, retry_ms: [200, 500, 1000, 2000] } })
  if (access.needs_person) {
    const consent = await api.call('POST', `/shops/${shop.id}/access/consent`, { redirect_url: `${server.url}/settings/shops` })
    const { code } = await sim.admin<{ code: string }>('POST', `/shops/${name}/codes`)
    await api.call('POST', '/consents', { state: new URL(consent.url).searchParams.get('state'), code })
  }
  return shop.id
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) })

async function look(page: Page, name: string): Promise<void> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await picture(page, `morning-${name}`)
  await fits(page, name)
  await accessible(page, name)
}

async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
}

/** What a scanner and a courier read on every page of a PDF. */
async function decode(pdf: Buffer): Promise<{ code: string; text: string }[]> {
  const dir = mkdtempSync(join(tmpdir(), 'ordercove-labels-'))
  try {
    writeFileSync(join(dir, 'labels.pdf'), pdf)
    // Nothing may wait for it: a connection that its server closes meanwhile would be taken for an open one.
    const { stdout } = await promisify(execFile)('go', ['run', './test/e2e/decode', join(dir, 'labels.pdf')], { cwd: root, maxBuffer: 64 << 20 })
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { code: string; text: string })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

test('three hundred orders of five channels leave before noon', async ({ browser }) => {
  test.setTimeout(900_000)
  const sim = await Simulator.start(['--shops', CHANNELS.map((c) => `${c}=1`).join(';'), '--shops-each', '0', '--orders', '0', '--days', '1'])
  const server = await Server.start(['--allow-private', '127.0.0.1', '--simulator', sim.url])
  try {
    await sim.admin('POST', '/quiesce')
    const api = new Api(server.url)
    await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
    const shops: Record<string, string> = {}
    for (const c of CHANNELS) shops[c] = await join5(api, sim, server, c)
    const context = await browser.newContext()
    const page = await context.newPage()
    const complaints = watch(page)
    await signIn(page, server, 'zh-CN')

    await test.step('the goods are known, and lie in three warehouses', async () => {
      for (const c of CHANNELS) await sim.admin('POST', `/shops/${c}-1/orders`, { count: 1, paid: true, lines: 24 })
      await expect.poll(async () => (await api.call('GET', '/orders?limit=50')).items.length, { timeout: 120_000 }).toBe(CHANNELS.length)
      await api.call('POST', '/listings/accept-proposals', { all: true })
      // One channel names no codes of ours: its goods are known by their titles.
      const known = await everything<{ id: string; product_name: string }>(api, '/skus')
      for (const l of await everything<{ id: string; title: string }>(api, '/listings?mapped=false')) {
        const sku = known.find((k) => k.product_name === l.title) ?? known[0]!
        await api.call('POST', `/listings/${l.id}/map`, { sku_id: sku.id })
      }
      for (const o of await everything<Row>(api, '/orders')) await api.call('POST', `/orders/${o.id}/close`, { reason: 'test_order' }).catch(() => undefined)
      const policy = await api.call('GET', '/review/policy')
      // Two of the channels sell abroad too; their addresses are not ours to judge.
      await api.call('PUT', '/review/policy', { ...policy, check_address: false })
      const first = (await api.call('GET', '/warehouses')).items[0]
      const houses: string[] = [first.id]
      for (const [code, name, province, city] of [['W2', '成都仓', '四川省', '成都市'], ['W3', '东莞仓', '广东省', '东莞市']] as const) houses.push((await api.call('POST', '/warehouses', { code, name, province, city })).id)
      const skus = await everything<{ id: string; code: string }>(api, '/skus')
      expect(skus.length).toBeGreaterThan(10)
      // Half lies in the first house, some of it in the second too; the rest in one of the others alone.
      for (const [i, sku] of skus.entries()) {
        for (const house of [[0], [0, 1], [1], [2]][i % 4]!) await api.call('POST', '/stock/adjust', { sku_id: sku.id, warehouse_id: houses[house], set_to: 5000, reason: '期初' })
      }
      await api.call('POST', '/allocation-rules', { name: '就近发货', active: true, action: { strategy: 'distance', shortage: 'split' } })
    })

    const nos: Record<string, string[]> = {}
    await test.step('three hundred orders arrive and are approved by rules', async () => {
      for (const c of CHANNELS) {
        const made = await sim.admin<{ orders: string[] }>('POST', `/shops/${c}-1/orders`, { count: EACH - 2 * TWICE - 10, paid: true, lines: 1 })
        const two = await sim.admin<{ orders: string[] }>('POST', `/shops/${c}-1/orders`, { count: 10, paid: true, lines: 2 })
        nos[c] = [...made.orders, ...two.orders]
        for (let i = 0; i < TWICE; i++) {
          const receiver = { name: `沈知${'夏秋冬'[i]}`, phone: `1380013${CHANNELS.indexOf(c)}00${i}`, province: '浙江省', city: '杭州市', district: '西湖区', town: '', detail: `文三路 ${i + 1} 号 ${c}` }
          nos[c].push(...(await sim.admin<{ orders: string[] }>('POST', `/shops/${c}-1/orders`, { count: 2, paid: true, lines: 1, code: 'TW-01', receiver })).orders)
        }
      }
      const ready = async () => {
        const counts = (await api.call('GET', '/orders/counts')).counts
        return counts.awaiting_approval.n + counts.awaiting_shipment.n
      }
      await expect.poll(ready, { timeout: 180_000 }).toBe(ALL)
      await page.goto(`${server.url}/orders?tab=awaiting_shipment`)
      await look(page, '01-approved')
      expect((await api.call('GET', '/orders/counts')).counts.awaiting_shipment.n, 'approved by rules').toBeGreaterThan(ALL / 2)
    })

    await test.step('only what a buyer wrote is left for a person to read', async () => {
      // Goods that lie in another house than the shop's own are no reason to wait.
      const left = await everything<Row & { holds: string[] }>(api, '/orders?tab=awaiting_approval')
      expect([...new Set(left.flatMap((o) => o.holds))]).toEqual(['buyer_note'])
      await page.goto(`${server.url}/orders?tab=awaiting_approval`)
      await expect(page.getByRole('checkbox', { name: '选择本页' })).toBeVisible()
      await tick(page.getByRole('checkbox', { name: '选择本页' }))
      const more = page.getByRole('button', { name: /^选择全部/ })
      if (left.length > 50) await more.click()
      await page.getByRole('button', { name: '审核', exact: true }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: /^审核 \d+ 单$/ }).click()
      await expect.poll(async () => (await api.call('GET', '/orders/counts')).counts.awaiting_shipment.n, { timeout: 60_000 }).toBe(ALL)
    })

    await test.step('they are allocated over three warehouses, some split', async () => {
      await page.goto(`${server.url}/orders?tab=awaiting_shipment`)
      await tick(page.getByRole('checkbox', { name: '选择本页' }))
      await page.getByRole('button', { name: /^选择全部/ }).click()
      await page.getByRole('button', { name: '分配仓库' }).click()
      const dialog = page.getByRole('dialog', { name: '分配仓库' })
      await expect(dialog.getByText('拆到几个仓')).toBeVisible()
      await look(page, '02-allocate')
      await dialog.getByRole('button', { name: `分配 ${ALL} 单` }).click()
      await expect(dialog.getByText(`${ALL} / ${ALL}`)).toBeVisible({ timeout: 120_000 })
      await dialog.getByRole('button', { name: '关闭' }).last().click()
    })
    let open = await everything<Fulfillment>(api, '/fulfillment-orders?state=open')
    expect(open.length, 'fulfillment orders, splits among them').toBeGreaterThan(ALL)
    expect(new Set(open.map((f) => f.warehouse_id)).size).toBe(3)

    await test.step('those of one receiver are merged', async () => {
      await page.goto(`${server.url}/merge`)
      await expect(page.getByText(/\d+ 组可以合并/)).toBeVisible()
      await expect(page.getByRole('main'), 'why others stay apart, in words').not.toContainText(/[a-z]_[a-z]/)
      await look(page, '03-merge')
      await page.getByRole('button', { name: '全部合并' }).click()
      const dialog = page.getByRole('dialog', { name: '批量合单' })
      await dialog.getByRole('button', { name: /^合并 \d+ 组$/ }).click()
      await expect.poll(async () => (await everything<Fulfillment>(api, '/fulfillment-orders?state=open')).filter((f) => f.order_count > 1).length, { timeout: 60_000 }).toBeGreaterThanOrEqual((CHANNELS.length - 1) * TWICE)
      await dialog.getByRole('button', { name: '关闭' }).last().click()
    })
    open = await everything<Fulfillment>(api, '/fulfillment-orders?state=open')
    const pieces = (all: Fulfillment[]) => all.flatMap((f) => f.lines).reduce((n, l) => n + l.quantity, 0)
    const orders = (await everything<Row>(api, '/orders?tab=awaiting_shipment'))
    expect(pieces(open), 'no piece is lost by splits and merges').toBe(orders.flatMap((o) => o.lines).reduce((n, l) => n + l.quantity, 0))

    await test.step('a wave is made of what one warehouse has', async () => {
      await page.goto(`${server.url}/waves?tab=make`)
      await page.getByRole('button', { name: /^建波次（\d+ 单）$/ }).click()
      await expect(page.getByRole('heading', { name: /^波次 W\d{6}-001$/ })).toBeVisible()
      await look(page, '04-wave')
    })

    const sender = { name: '林店长', phone: '13900002222', province: '浙江省', city: '杭州市', district: '余杭区', detail: '良睦路 9 号' }
    const account = await api.call('POST', '/carrier-accounts', { kind: 'numbers', carrier: 'ZTO', name: '中通号段', sender })
    await api.call('POST', `/carrier-accounts/${account.id}/numbers`, { numbers: open.map((_, i) => `75${String(120_000_000_000 + i * 7)}`) })
    const labels = new Map<string, string>()
    const shopOf = (f: Fulfillment) => orders.find((o) => o.id === f.lines[0]!.order_id)?.shop_id

    await test.step('every parcel gets its number and its label, and every label can be read', async () => {
      await page.goto(`${server.url}/print`)
      await expect(tab(page, '未打印')).toContainText(String(open.length))
      await look(page, '05-print')
      await tick(page.getByRole('checkbox', { name: '全选' }))
      await expect(page.getByText(new RegExp(`已选 ${open.length} 单`))).toBeVisible()
      await page.getByRole('button', { name: `打印 ${open.length} 单` }).click()
      const batches = async () => (await api.call('GET', '/print/batches?limit=50')).items.filter((b: { state: string }) => b.state === 'ready')
      await expect.poll(async () => (await batches()).reduce((n: number, b: { total: number }) => n + b.total, 0), { timeout: 240_000 }).toBe(open.length)
      await look(page, '06-printed')
      for (const b of await batches()) {
        const pdf = await page.request.get(`${server.url}/api/v1/print/batches/${b.id}/labels.pdf`)
        expect(pdf.status()).toBe(200)
        const seen = await decode(await pdf.body())
        const detail = await api.call('GET', `/print/batches/${b.id}`)
        const drawn = detail.labels.filter((l: { page: number }) => l.page > 0)
        expect(seen.length, 'a page per label').toBe(drawn.length)
        // One channel tells no receiver in clear: only its own component could print those, and the batch says so.
        for (const l of detail.labels.filter((x: { page: number }) => x.page === 0)) {
          expect.soft(shopOf(open.find((f) => f.id === l.fulfillment_order_id)!), l.error?.message).toBe(shops.sandbox)
          expect.soft(l.error?.message).toBeTruthy()
        }
        for (const l of drawn) {
          const read = seen[l.page - 1]!
          expect.soft(read.code, `label ${l.sequence}`).toBe(l.waybill_no)
          labels.set(l.fulfillment_order_id, l.waybill_no)
          const f = open.find((x) => x.id === l.fulfillment_order_id)!
          const truth = await addressOf(sim, api, shops, f)
          expect.soft(read.text, `the address on label ${l.sequence}`).toContain(truth.replace(/\s+/g, ''))
        }
        await api.call('POST', `/print/batches/${b.id}/told`, { from: 1, to: detail.labels.length, printed: true })
      }
      expect(new Set(labels.values()).size, 'a number of its own for each').toBe(labels.size)
      expect(labels.size).toBeGreaterThan((ALL / CHANNELS.length) * 4 - 4 * TWICE)
    })

    // Of orders that were not split, so that each stands for itself.
    const whole = open.filter((f) => open.filter((x) => x.lines.some((l) => l.order_id === f.lines[0]!.order_id)).length === 1)
    const one = whole.find((f) => labels.has(f.id) && f.order_count === 1 && f.lines.length === 1 && f.lines[0]!.quantity === 1)!
    const other = whole.find((f) => f.order_count === 1 && f.lines.length === 1 && f.id !== one.id && shopOf(f) === shops.openmall && labels.has(f.id))!
    const refunded = orders.find((o) => o.id === other.lines[0]!.order_id)!

    await test.step('a buyer asks for the money back after the print, and the bench stops the parcel', async () => {
      await sim.admin('POST', `/shops/openmall-1/orders/${refunded.channel_order_no}/acts`, { do: 'ask_refund' })
      await expect.poll(async () => (await api.call('GET', `/orders/${refunded.id}`)).in_aftersale, { timeout: 120_000 }).toBe(true)
      await page.goto(`${server.url}/verify`)
      await page.getByRole('textbox').fill('1 号台')
      await page.keyboard.press('Enter')
      const band = page.locator('main [role=status][data-tone]')
      await scan(page, labels.get(one.id)!)
      await expect(band).toContainText('共 1 件')
      await scan(page, orders.flatMap((o) => o.lines).find((l) => l.id === one.lines[0]!.line_id)!.sku_code)
      await expect(band).toContainText('已发货')
      await look(page, '07-verified')
      await scan(page, labels.get(other.id)!)
      await expect(band).toContainText(/拦截|退款/)
      await expect(band, 'the one that is stopped is named').toContainText(labels.get(other.id)!)
      await look(page, '08-stopped')
      await page.goto(`${server.url}/hits`)
      await expect(page.getByText(refunded.channel_order_no)).toBeVisible()
      await look(page, '09-hits')
    })

    await test.step('the others ship, and the channels are told', async () => {
      const rest = open.filter((f) => f.id !== one.id).map((f) => f.id)
      const dry = await api.call('POST', '/fulfillment-orders/bulk/ship', { ids: rest, dry_run: true })
      expect([dry.will, dry.skip.reduce((n: number, s: { n: number }) => n + s.n, 0)]).toEqual([rest.length - 1, 1])
      const { job } = await api.call('POST', '/fulfillment-orders/bulk/ship', { ids: rest })
      const done = await api.done(job.id)
      expect([done.ok_count, done.failed_count]).toEqual([rest.length - 1, 1])
      await page.goto(`${server.url}/jobs?id=${job.id}`)
      await look(page, '10-shipped')
      expect((await api.call('GET', `/orders/${refunded.id}`)).state).not.toBe('shipped')
      const gone = async (c: string) => {
        const all = await sim.admin<{ orders: { no: string; waybills: string[] }[] }>('GET', `/shops/${c}-1/orders?size=1000`)
        return all.orders.filter((o) => nos[c]!.includes(o.no) && o.waybills.length > 0).length
      }
      for (const c of CHANNELS) await expect.poll(() => gone(c), { timeout: 180_000, message: `orders of ${c} with a waybill` }).toBe(c === 'openmall' ? EACH - 1 : EACH)
      await page.goto(`${server.url}/orders?tab=shipped`)
      await look(page, '11-told')
    })
    expect(complaints.filter((c) => !/status of (40[149]|422)/.test(c))).toEqual([])
    await context.close()
  } finally {
    await server.stop()
    await sim.stop()
  }
})

/** Where the channel says that the parcel goes, to the house number. */
async function addressOf(sim: Simulator, api: Api, shops: Record<string, string>, f: Fulfillment): Promise<string> {
  const o = await api.call('GET', `/orders/${f.lines[0]!.order_id}`)
  const channel = CHANNELS.find((c) => shops[c] === o.shop_id)!
  const no = channel === 'shopify' ? await shopifyNo(sim, o.channel_order_no) : o.channel_order_no
  const truth = await sim.admin<{ full: { receiver: { detail: string } } }>('GET', `/shops/${channel}-1/orders/${encodeURIComponent(no)}`)
  return truth.full.receiver.detail
}

/** People know a Shopify order by its name; the simulator by its number. */
async function shopifyNo(sim: Simulator, name: string): Promise<string> {
  const all = await sim.admin<{ orders: { no: string; serial: number }[] }>('GET', '/shops/shopify-1/orders?size=1000')
  return all.orders.find((o) => `#${1000 + o.serial}` === name)!.no
}
