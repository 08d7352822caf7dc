import { chromium } from '@playwright/test'
import { accessible, english, Data, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Api, expect, OWNER, PASSWORD, signIn, test, type Page } from './support/test.ts'
import { filmOf } from './support/video.ts'

// The last look before parcels leave: benches with scanners, scales, a hand-held, the courier.

interface House {
  api: Api
  /** Waybill numbers by the number of their order. */
  label: Record<string, string>
  order: Record<string, string>
  fulfillment: Record<string, string>
}

const GOODS = { TEA: { barcode: '6901234000015', weight: 200 }, CUP: { barcode: '6901234000022', weight: 300 }, PHONE: { barcode: '6901234000039', weight: 180 }, SOAP: { barcode: '6901234000046', weight: 90 } }
type Code = keyof typeof GOODS
const ORDERS: Record<string, { lines: [Code, number][]; note?: string }> = {
  'V-1': { lines: [['TEA', 2], ['CUP', 1]], note: '杯子请包好，送人的' },
  'V-2': { lines: [['TEA', 1]] },
  'V-3': { lines: [['PHONE', 1]] },
  'V-4': { lines: [['CUP', 3]] },
  'V-5': { lines: [['TEA', 2]] },
  'V-6': { lines: [['TEA', 1], ['SOAP', 4]] },
}

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 300; i++) {
    const found = await ask()
    if (found !== undefined) return found
    await new Promise((r) => setTimeout(r, 100))
  }
  throw new Error('it does not come')
}

/** A merchant whose parcels are labelled and lie at the benches. */
async function house(server: Server): Promise<House> {
  const api = new Api(server.url)
  await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '青禾茶铺', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
  const shop = await api.call('POST', '/shops', { channel: 'generic', name: '青禾茶铺', live_from_at: '2026-01-01T00:00:00+08:00' })
  const warehouse = (await api.call('GET', '/warehouses')).items[0]
  const skus: Record<string, string> = {}
  for (const [code, g] of Object.entries(GOODS)) {
    const sku = await api.call('POST', '/skus', { product_name: { TEA: '明前龙井 100g', CUP: '手作白瓷杯', PHONE: '对讲机 X2', SOAP: '山茶花手工皂' }[code], code, barcodes: [g.barcode], weight_gram: g.weight })
    skus[code] = sku.id
    await api.call('POST', '/stock/adjust', { sku_id: sku.id, warehouse_id: warehouse.id, set_to: 100, reason: '期初' })
  }
  await api.call('PUT', `/skus/${skus.PHONE}/serial`, { serial: 'imei' })
  const account = await api.call('POST', '/carrier-accounts', {
    kind: 'numbers',
    carrier: 'YTO',
    name: '手边的号',
    sender: { name: '云杉仓', phone: '13800000002', province: '浙江省', city: '杭州市', district: '余杭区', detail: '良睦路 9 号' },
  })
  const all = Object.keys(ORDERS)
  await api.call('POST', `/carrier-accounts/${account.id}/numbers`, { numbers: all.map((_, i) => `YT26${String(1000 + i).padStart(11, '0')}`) })
  const out: House = { api, label: {}, order: {}, fulfillment: {} }
  for (const no of all) {
    const o = await api.call('POST', '/orders', {
      shop_id: shop.id,
      channel_order_no: no,
      paid: true,
      buyer_note: ORDERS[no]!.note,
      receiver: { name: '沈知夏', phone: '13800138000', province: '浙江省', city: '杭州市', district: '西湖区', detail: `文三路 ${no.slice(2)} 号` },
      lines: ORDERS[no]!.lines.map(([code, quantity]) => ({ sku_id: skus[code], quantity, price_fen: 3900 })),
    })
    out.order[no] = o.order_id
    if (o.state === 'awaiting_approval') await api.call('POST', `/orders/${o.order_id}/approve`, {})
  }
  await api.call('POST', '/fulfillment-orders/allocate', { order_ids: Object.values(out.order) })
  for (const no of all) out.fulfillment[no] = (await api.call('GET', `/fulfillment-orders?order_id=${out.order[no]}`)).items[0].id
  await api.call('POST', '/waybills', { fulfillment_order_ids: Object.values(out.fulfillment), account_id: account.id })
  for (const no of all) {
    out.label[no] = await until(async () => {
      const w = (await api.call('GET', `/waybills?fulfillment_order_id=${out.fulfillment[no]}`)).items.find((x: any) => x.fulfillment_order_id === out.fulfillment[no] && x.state === 'issued')
      return w?.waybill_no ?? w?.no
    })
  }
  return out
}

/** A tenth of a second of a screen that shows 60 frames in one. Frames are counted, not time: a busy machine shows fewer. */
const FRAMES = 6

/** Notes what is heard, and in which frame the band answers: to the key that ended a scan, and to the server. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const w = window as any
    w.heard = { beeps: [] as string[], words: [] as string[], answered: [] as number[], band: [] as { at: number; pending: boolean; tone: string }[], entered: [] as number[] }
    let frame = 0
    const next = () => {
      frame++
      requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
    w.AudioContext = class {
      currentTime = 0
      state = 'running'
      destination = {}
      createGain = () => ({ gain: { value: 0 }, connect: () => ({}) })
      createOscillator = () => {
        const o = { type: 'sine', frequency: { value: 0 }, connect: () => ({ connect: () => ({}) }), start: () => w.heard.beeps.push(o.type), stop: () => undefined }
        return o
      }
    }
    Object.defineProperty(w, 'speechSynthesis', { value: { cancel: () => undefined, speak: (u: { text: string }) => w.heard.words.push(u.text) } })
    const fetch = w.fetch.bind(w)
    w.fetch = async (...a: unknown[]) => {
      const r = await fetch(...a)
      const url = String((a[0] as Request).url ?? a[0])
      if (/verify-sessions(\/\d+\/scans)?$/.test(url)) w.heard.answered.push(frame)
      return r
    }
    addEventListener('keydown', (e) => e.key === 'Enter' && w.heard.entered.push(frame), true)
    new MutationObserver(() => {
      const b = document.querySelector('[role=status][data-tone]')
      if (b) w.heard.band.push({ at: frame, pending: b.hasAttribute('data-pending'), tone: b.getAttribute('data-tone') })
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-tone', 'data-pending'], characterData: true })
  })
}

const heard = (page: Page): Promise<{ beeps: string[]; words: string[]; answered: number[]; entered: number[]; band: { at: number; pending: boolean; tone: string }[] }> => page.evaluate(() => (window as any).heard)

async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
}

const band = (page: Page) => page.locator('main [role=status][data-tone]')

/** The band shows a known piece before the server has counted it; this waits for the server. */
const answered = (page: Page) => expect(band(page)).not.toHaveAttribute('data-pending')

async function atBench(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('textbox').fill(name)
  await page.keyboard.press('Enter')
  await expect(band(page)).toBeVisible()
}

test('a parcel is verified piece by piece, and what is wrong is seen and heard', async ({ browser }) => {
  const server = await Server.start()
  try {
    const h = await house(server)
    const page = await browser.newPage()
    await listen(page)
    await signIn(page, server, 'zh-CN')
    await page.goto(`${server.url}/verify`)
    await accessible(page, 'verify-name')
    await atBench(page, `${server.url}/verify`, '1 号台')
    await picture(page, 'verify-01-empty')
    await accessible(page, 'verify-empty')
    await fits(page, 'verify-empty')

    await scan(page, 'YT26999999999')
    await expect(band(page)).toHaveAttribute('data-tone', 'bad')
    await expect(band(page)).toContainText('不认识')

    await scan(page, h.label['V-1']!)
    await expect(band(page)).toContainText('共 3 件')
    await expect(band(page)).toContainText('杯子请包好，送人的')
    await picture(page, 'verify-02-open')
    await accessible(page, 'verify-open')
    await fits(page, 'verify-open')

    // Beneath a Chinese input method the keys name no characters, and the scanner types all the same.
    await page.evaluate((code) => {
      for (const c of [...code, 'Enter']) document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Process', code: c === 'Enter' ? 'Enter' : `Digit${c}`, keyCode: 229, bubbles: true, cancelable: true }))
    }, GOODS.TEA.barcode)
    await expect(band(page)).toContainText('1/2')
    await expect(band(page)).toHaveAttribute('data-tone', 'good')

    await scan(page, GOODS.PHONE.barcode)
    await expect(band(page)).toContainText('错货')
    await picture(page, 'verify-03-wrong')
    await accessible(page, 'verify-wrong')

    await scan(page, GOODS.TEA.barcode)
    await expect(band(page)).toContainText('2/2')
    await scan(page, GOODS.TEA.barcode)
    await expect(band(page)).toContainText('多扫')
    await answered(page)
    await expect(page.locator('[data-sku=TEA]')).toContainText('2/2')

    // Another bench sees who has it.
    const other = await browser.newPage({ storageState: await page.context().storageState() })
    await other.goto(`${server.url}/verify`)
    await other.evaluate(() => localStorage.setItem('ordercove.bench.name', '2 号台'))
    await other.reload()
    await expect(band(other)).toBeVisible()
    await scan(other, h.label['V-1']!)
    await expect(band(other)).toContainText('1 号台')
    await expect(band(other)).toContainText('林店长')
    await picture(other, 'verify-04-taken')
    await other.close()

    // A page that was reloaded goes on where it was.
    await page.reload()
    await expect(band(page)).toContainText('2/3')
    await scan(page, GOODS.CUP.barcode)
    await expect(band(page)).toHaveAttribute('data-tone', 'done')
    await expect(band(page)).toContainText('已发货')
    await expect(page.locator('dl').filter({ hasText: '24 小时包裹' }).locator('dd').first()).toHaveText('1')
    await picture(page, 'verify-05-shipped')
    await accessible(page, 'verify-shipped')
    expect((await h.api.call('GET', `/orders/${h.order['V-1']}`)).state).toBe('shipped')

    // The parcel is opened, its order is held meanwhile, and the next scan stops it.
    await scan(page, h.label['V-4']!)
    await scan(page, GOODS.CUP.barcode)
    await expect(band(page)).toContainText('1/3')
    await answered(page)
    await h.api.call('POST', `/orders/${h.order['V-4']}/hold`, { note: '等买家电话' })
    await scan(page, GOODS.CUP.barcode)
    await expect(band(page)).toContainText('拦截')
    await expect(page.locator('[data-sku=CUP]')).toContainText('1/3')
    await picture(page, 'verify-06-stopped')
    await page.keyboard.press('F2')
    await page.getByRole('dialog').getByRole('button', { name: '等客服确认' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '挂起 1 个订单' }).click()
    await expect(band(page)).toContainText('已挂起')

    const sounds = await heard(page)
    expect(new Set(sounds.beeps)).toEqual(new Set(['sine', 'square']))
    expect(sounds.words).toContain('拦截，不能发货')
    expect(sounds.words).toContain('共 3 件')
    // What the server answered is on the band within a tenth of a second, and a known piece is there before it.
    const waits = sounds.answered.map((at) => Math.min(...sounds.band.filter((b) => b.at >= at).map((b) => b.at - at))).sort((a, b) => a - b)
    expect(waits.length).toBeGreaterThan(3)
    expect(waits[Math.floor(waits.length / 2)], 'frames from the answer to the band').toBeLessThanOrEqual(FRAMES)
    const early = sounds.entered.filter((at) => sounds.band.some((b) => b.pending && b.at >= at && b.at - at <= FRAMES))
    expect(early.length).toBeGreaterThan(0)

    // It stands on the hit list with its bench, until somebody has it.
    await page.goto(`${server.url}/hits`)
    const row = page.getByRole('row').filter({ hasText: h.label['V-4']! })
    await expect(row).toContainText('1 号台')
    await expect(row).toContainText('V-4')
    await picture(page, 'hits-01-list')
    await accessible(page, 'hits')
    await fits(page, 'hits')
    await row.getByRole('button', { name: '已拦下' }).click()
    await page.getByRole('button', { name: '包裹在我手里，移出清单' }).click()
    await expect(page.getByText('没有需要拦截的包裹')).toBeVisible()
    await picture(page, 'hits-02-empty')
    await page.close()
  } finally {
    await server.stop()
  }
})

test('a supervisor signs, an IMEI is asked for, and a lost answer counts nothing twice', async ({ browser }) => {
  const server = await Server.start()
  try {
    const h = await house(server)
    const role = await h.api.call('POST', '/roles', { code: 'packer', name: '打包员', permissions: ['packing.read', 'packing.verify'] })
    await h.api.call('POST', '/users', { user_name: 'xia', display_name: '小夏', password: PASSWORD, role_ids: [role.id] })
    const hers = new Api(server.url)
    await hers.call('POST', '/sessions', { merchant_code: OWNER.merchant_code, user_name: 'xia', password: PASSWORD })
    await hers.call('POST', '/me/password', { old_password: PASSWORD, new_password: `${PASSWORD} und mehr` })
    const page = await browser.newPage()
    await page.addInitScript(() => localStorage.setItem('ordercove.language', 'zh-CN'))
    await page.goto(`${server.url}/login`)
    await page.getByLabel('商家编码').fill(OWNER.merchant_code)
    await page.getByLabel('用户名').fill('xia')
    await page.getByLabel('密码', { exact: true }).fill(`${PASSWORD} und mehr`)
    await page.getByRole('button', { name: '登录' }).click()
    await expect(page.getByRole('navigation').first()).toBeVisible()
    await atBench(page, `${server.url}/verify`, '3 号台')

    // The answer is lost after the server counted: the same piece is scanned again and counts once.
    await scan(page, h.label['V-5']!)
    await expect(band(page)).toContainText('共 2 件')
    let lose = true
    await page.route('**/verify-sessions/*/scans', async (route) => {
      if (!lose) return route.continue()
      lose = false
      await route.fetch()
      await route.abort()
    })
    await scan(page, GOODS.TEA.barcode)
    await expect(band(page)).toContainText('没有收到服务器的回答')
    await expect(page.locator('[data-sku=TEA]')).toContainText('0/2')
    await picture(page, 'verify-07-no-answer')
    await accessible(page, 'verify-no-answer')
    await scan(page, GOODS.TEA.barcode)
    await expect(page.locator('[data-sku=TEA]')).toContainText('1/2')

    // The second piece's barcode is torn: the packer has no right to force, a supervisor signs.
    await page.keyboard.press('F4')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '条码无法扫描' }).click()
    await dialog.getByLabel('主管用户名').fill(OWNER.user_name)
    await dialog.getByLabel('主管密码', { exact: true }).fill('wrong')
    await dialog.getByRole('button', { name: '不扫码通过 1 件' }).click()
    await expect(dialog.getByRole('alert')).toContainText('签字未通过')
    await picture(page, 'verify-08-supervisor')
    await accessible(page, 'verify-supervisor')
    await dialog.getByLabel('主管密码', { exact: true }).fill(PASSWORD)
    await dialog.getByRole('button', { name: '不扫码通过 1 件' }).click()
    await expect(band(page)).toContainText('已发货')

    // A piece with a number of its own.
    await scan(page, h.label['V-3']!)
    await scan(page, GOODS.PHONE.barcode)
    await expect(band(page)).toContainText('请扫 IMEI')
    await scan(page, '490154203237519')
    await expect(band(page)).toContainText('编号不对')
    await picture(page, 'verify-09-imei')
    await scan(page, '490154203237518')
    await expect(band(page)).toContainText('已发货')
    await page.close()
  } finally {
    await server.stop()
  }
})

test('a hand-held verifies, the scales weigh, and the courier takes what shipped', async ({ browser }) => {
  const server = await Server.start()
  try {
    const h = await house(server)
    const policy = await h.api.call('GET', '/verify-policy')
    await h.api.call('PUT', '/verify-policy', { ...policy, must_weigh: true })
    const page = await browser.newPage({ viewport: { width: 375, height: 740 } })
    const data = new Data(page)
    await signIn(page, server, 'en-US')
    await atBench(page, `${server.url}/verify`, 'PDA 1')
    await picture(page, 'verify-20-handheld-empty')
    await fits(page, 'handheld empty')
    await scan(page, h.label['V-6']!)
    await expect(band(page)).toContainText('5 pieces')
    await scan(page, GOODS.SOAP.barcode)
    await expect(band(page)).toContainText('1/4')
    await picture(page, 'verify-21-handheld')
    await accessible(page, 'handheld')
    await fits(page, 'handheld')
    await english(page, data, 'handheld')
    for (const code of ['SOAP', 'SOAP', 'SOAP', 'TEA'] as const) await scan(page, GOODS[code].barcode)
    await expect(band(page)).toContainText('5/5')
    await expect(band(page)).toContainText('Weigh it')
    // It goes on with the next parcel, which leaves the first to the scales.
    await scan(page, h.label['V-2']!)
    await expect(band(page)).toContainText('1 piece')
    await picture(page, 'verify-22-handheld-next')

    await page.setViewportSize({ width: 1440, height: 900 })
    await atBench(page, `${server.url}/weigh`, 'Scales')
    await picture(page, 'weigh-01-empty')
    await accessible(page, 'weigh-empty')
    await scan(page, h.label['V-6']!)
    await expect(band(page)).toContainText('5/5')
    await picture(page, 'weigh-02-open')
    await scan(page, '0.980')
    await expect(band(page)).toContainText('The weight is off 980 g')
    await expect(band(page)).toContainText('+320 g (+48.5 %)')
    await picture(page, 'weigh-03-off')
    await accessible(page, 'weigh-off')
    await english(page, data, 'weigh')
    await fits(page, 'weigh')
    await page.getByRole('button', { name: 'Let it pass' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Another box' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Ship at 980 g' }).click()
    await expect(band(page)).toContainText('Shipped')
    await picture(page, 'weigh-04-shipped')

    await page.goto(`${server.url}/handover?tab=waiting`)
    await expect(page.getByRole('row').filter({ hasText: h.label['V-6']! }).getByRole('link', { name: 'V-6', exact: true })).toBeVisible()
    await picture(page, 'handover-01-waiting')
    await accessible(page, 'handover-waiting')
    await page.goto(`${server.url}/handover`)
    await expect(page.getByText('There is no handover yet')).toBeVisible()
    await picture(page, 'handover-02-empty')
    await page.getByRole('button', { name: 'Begin a handover' }).click()
    await page.getByRole('combobox', { name: 'Carrier' }).fill('YTO')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Begin to scan' }).click()
    await expect(band(page)).toBeVisible()
    for (const [code, said] of [
      [h.label['V-6']!, 'Handed over'],
      [h.label['V-6']!, 'Handed over before'],
      [h.label['V-2']!, 'Not shipped yet'],
      ['SF1011603494291', 'Unknown number'],
    ] as const) {
      await scan(page, code)
      await expect(band(page)).toContainText(said)
    }
    await picture(page, 'handover-03-scanning')
    await accessible(page, 'handover-scanning')
    await english(page, data, 'handover')
    await fits(page, 'handover-scanning')
    await page.getByRole('button', { name: 'Close the handover (1 parcel)' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close the handover (1 parcel)' }).click()
    await expect(band(page)).toContainText('The handover is closed')
    const pdf = await page.request.get(await page.getByRole('link', { name: 'List as PDF' }).evaluate((a: HTMLAnchorElement) => a.href))
    expect(pdf.headers()['content-type']).toContain('application/pdf')
    await page.getByRole('button', { name: 'Back to the list' }).click()
    await expect(page.getByRole('row').filter({ hasText: 'YTO Express' })).toContainText('Closed')
    await picture(page, 'handover-04-list')
    await accessible(page, 'handover-list')
    await fits(page, 'handover-list')
    await page.close()
  } finally {
    await server.stop()
  }
})

test('a camera reads the label that was printed', async ({}, info) => {
  const server = await Server.start()
  const film = info.outputPath('label.y4m')
  try {
    const h = await house(server)
    const template = (await h.api.call('GET', '/print/templates')).items[0]
    const { batch } = await h.api.call('POST', '/print/batches', { fulfillment_order_ids: [h.fulfillment['V-1']], template_id: template.id })
    await until(async () => ((await h.api.call('GET', `/print/batches/${batch.id}`)).state === 'making' ? undefined : true))
    await filmOf(await h.api.bytes(`/print/batches/${batch.id}/labels.pdf`), film)

    const { executablePath, args } = info.project.use.launchOptions!
    const camera = await chromium.launch({ executablePath, args: [...args!, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film}`] })
    try {
      const page = await camera.newPage({ viewport: { width: 1440, height: 900 } })
      await signIn(page, server, 'zh-CN')
      await atBench(page, `${server.url}/verify`, '1 号台')
      await page.getByRole('button', { name: '摄像头扫码' }).click()
      await expect(band(page)).toContainText('共 3 件')
      await picture(page, 'verify-30-camera')
      await accessible(page, 'camera')
      await page.getByRole('button', { name: '关闭摄像头' }).click()
      await expect(page.locator('video')).toHaveCount(0)
    } finally {
      await camera.close()
    }

    const refused = await chromium.launch({ executablePath, args: [...args!, '--deny-permission-prompts'] })
    try {
      const page = await refused.newPage()
      await signIn(page, server, 'zh-CN')
      await atBench(page, `${server.url}/verify`, '2 号台')
      await page.getByRole('button', { name: '摄像头扫码' }).click()
      await expect(page.getByRole('alert').filter({ hasText: '没有拿到摄像头' })).toBeVisible()
    } finally {
      await refused.close()
    }
  } finally {
    await server.stop()
  }
})
