import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fixtures, hasStopped, Server } from './server.ts'
import { slowly } from './slow.ts'

export { expect }
export type { Page }

export const PASSWORD = 'saltwater harbour 42'
export const OWNER = { merchant_code: 'bluebay', user_name: 'lin' }

interface Watched {
  /** What the page complained about; a test that provokes a failure names it in `expected`. */
  complaints: string[]
  expected: RegExp[]
}

/**
 * What a page complains about from now on. A page stays open, and goes on asking, after its
 * test has ended the server: that nobody answers there is no complaint.
 */
export function watch(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (e) => {
    if (!hasStopped(page.url())) complaints.push(`error: ${e.message}`)
  })
  page.on('console', (m) => {
    if (hasStopped(page.url())) return
    if (m.type() === 'error' || m.type() === 'warning') complaints.push(`${m.type()}: ${m.text()}`)
  })
  return complaints
}

/** Every test fails on a script error, a refused resource or a message in the console. */
export const test = base.extend<{ watched: Watched }, { empty: Server; full: Full; morning: Server }>({
  browser: [
    async ({ browser }, use) => {
      slowly(browser)
      await use(browser)
    },
    { scope: 'worker' },
  ],
  watched: [
    async ({ page }, use) => {
      const w: Watched = { complaints: watch(page), expected: [] }
      await use(w)
      expect(w.complaints.filter((c) => !w.expected.some((e) => e.test(c))), 'complaints of the page').toEqual([])
    },
    { auto: true },
  ],
  empty: [
    async ({}, use) => {
      const server = await Server.start()
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  full: [
    async ({}, use) => {
      const server = await Server.start()
      await use(await fill(server))
      await server.stop()
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  /** The example data: every step of the way out has something to show. */
  morning: [
    async ({}, use) => {
      const server = await Server.start()
      const api = await setUp(server, true)
      await expect.poll(async () => (await api.call('GET', '/jobs?kind=app.fill_demo')).items[0]?.state, { timeout: 180_000 }).toBe('succeeded')
      await expect.poll(async () => (await api.call('GET', '/waybills?state=wanted&limit=1')).items.length, { timeout: 60_000 }).toBe(0)
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
})

/** Names of the channels' order files, with what is dropped together. */
export const ORDER_FILES: Record<string, string[]> = {
  pdd: ['orders/pdd_orders_export.csv'],
  douyin: ['orders/1791213782_3edeb47b86bdb5b9.csv'],
  taobao: ['orders/ExportOrderList202605301650.csv', 'orders/ExportOrderDetailList202605301650.csv'],
  wechat: ['orders/微信小店订单导出.xlsx'],
}

export const path = (name: string): string => join(fixtures, name)

/** A working merchant, made over the API: shops, orders, products and stock. */
export interface Full {
  server: Server
  shops: Record<string, string>
  api: Api
}

export class Api {
  private cookie = ''
  constructor(private readonly base: string) {}
  async call<T = any>(method: string, where: string, body?: unknown): Promise<T> {
    const form = body instanceof FormData
    const r = await fetch(`${this.base}/api/v1${where}`, {
      method,
      headers: { cookie: this.cookie, ...(body === undefined || form ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
    })
    const text = await r.text()
    if (!r.ok) throw new Error(`${method} ${where}: ${r.status} ${text.slice(0, 500)}`)
    this.cookie = r.headers.get('set-cookie')?.split(';')[0] || this.cookie
    return (text ? JSON.parse(text) : undefined) as T
  }
  async bytes(where: string): Promise<Buffer> {
    const r = await fetch(`${this.base}/api/v1${where}`, { headers: { cookie: this.cookie } })
    if (!r.ok) throw new Error(`GET ${where}: ${r.status}`)
    return Buffer.from(await r.arrayBuffer())
  }
  async done(id: string): Promise<any> {
    for (let i = 0; i < 1800; i++) {
      const job = await this.call('GET', `/jobs/${id}`)
      if (!['waiting', 'running'].includes(job.state)) {
        if (job.state !== 'succeeded') throw new Error(`job ${job.kind} ${job.state}: ${JSON.stringify(job.error)}`)
        return job
      }
      await new Promise((r) => setTimeout(r, 100))
    }
    throw new Error(`job ${id} does not end`)
  }
}

async function setUp(server: Server, demo: boolean): Promise<Api> {
  const api = new Api(server.url)
  const token = new URL(server.setup).searchParams.get('token')
  await api.call('POST', '/setup', { token, ...OWNER, merchant_name: 'Blue Bay Trading', display_name: 'Lin', password: PASSWORD, lang: 'en-US', demo_data: demo })
  return api
}

async function fill(server: Server): Promise<Full> {
  const api = await setUp(server, false)
  const shops: Record<string, string> = {}
  for (const [channel, names] of Object.entries(ORDER_FILES)) {
    const shop = await api.call('POST', '/shops', { channel, name: `Blue Bay ${channel}`, live_from_at: '2026-01-01T00:00:00+08:00' })
    shops[channel] = shop.id
    const form = new FormData()
    for (const n of names) form.append('files', new Blob([readFileSync(path(n))]), basename(n))
    const one = await api.call('POST', '/imports', form)
    const job = await api.call('POST', `/imports/${one.id}/run`, { shop_id: shop.id, exported_at: new Date().toISOString() })
    await api.done(job.id)
  }
  await api.call('POST', '/listings/accept-proposals', { all: true })
  const warehouse = (await api.call('GET', '/warehouses')).items[0]
  for (const sku of (await api.call('GET', '/skus?limit=200')).items) {
    await api.call('POST', '/stock/adjust', { sku_id: sku.id, warehouse_id: warehouse.id, set_to: 200, reason: 'opening' })
  }
  return { server, shops, api }
}

/** Signs the owner in on the login page, in English unless told otherwise. */
export async function signIn(page: Page, server: Server, lang: 'zh-CN' | 'en-US' = 'en-US'): Promise<void> {
  await page.addInitScript((l) => {
    if (!localStorage.getItem('ordercove.language')) localStorage.setItem('ordercove.language', l)
  }, lang)
  await page.goto(`${server.url}/login`)
  const word = lang === 'en-US' ? { code: 'Merchant code', user: 'User name', pass: 'Password', go: 'Sign in' } : { code: '商家编码', user: '用户名', pass: '密码', go: '登录' }
  await page.getByLabel(word.code).fill(OWNER.merchant_code)
  await page.getByLabel(word.user).fill(OWNER.user_name)
  await page.getByLabel(word.pass, { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: word.go }).click()
  await expect(page.getByRole('navigation').first()).toBeVisible()
}

/** Ticks a box. What it stands for may first have to be saved or put into the address, so the tick is waited for. */
export async function tick(box: Locator): Promise<void> {
  await box.click()
  await expect(box).toBeChecked()
}

/** Takes a tick away, as tick sets it. */
export async function untick(box: Locator): Promise<void> {
  await box.click()
  await expect(box).not.toBeChecked()
}

/** Goes to a page by g and its letter. The two belong together for a second only, which a busy machine may take: then one presses again. */
export async function chord(page: Page, letter: string, where: RegExp): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('g')
    await page.keyboard.press(letter)
    await expect(page).toHaveURL(where, { timeout: 5000 })
  }).toPass({ timeout: 60_000 })
}
