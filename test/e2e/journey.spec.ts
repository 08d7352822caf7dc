import { readFileSync } from 'node:fs'
import { accessible, fits, picture } from './support/check.ts'
import { ORDER_FILES, OWNER, PASSWORD, expect, path, test, untick, watch, type Page } from './support/test.ts'

// The first day of a merchant, in Chinese, by mouse and keyboard, against the real
// binary: from the address on the console to the file that goes back to the platform.

const SHOPS: Record<string, { platform: string; name: string; orders: number }> = {
  pdd: { platform: '拼多多', name: '暖冬拼多多店', orders: 46 },
  douyin: { platform: '抖音', name: '暖冬抖音店', orders: 42 },
  taobao: { platform: '淘宝/天猫', name: '暖冬淘宝店', orders: 40 },
}
const TOTAL = 46 + 42 + 40

interface Shipment {
  channel_order_no: string
  carrier: string
  no: string
}
interface Expected {
  files: { channel: string; kind: string; files: string[]; shipments?: Shipment[]; expected_rows?: string[][] }[]
}
const expected = JSON.parse(readFileSync(path('expected.json'), 'utf8')) as Expected
const template = expected.files.find((f) => f.kind === 'ship_template' && f.channel === 'pdd')!

/** Chooses in one of the kit's drop-down fields. */
async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).click()
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option-content').getByText(option, { exact: true }).click()
}

const nav = (page: Page, name: string) => page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: new RegExp(`^${name}`) })

test.describe.serial('a first day', () => {
  let page: Page
  let complaints: string[]
  test.beforeAll(async ({ browser }) => {
    page = await browser.newPage()
    complaints = watch(page)
  })
  test.afterAll(async () => {
    await page.close()
    // Wrong passwords are refused on purpose, and before signing in nobody is known.
    expect(complaints.filter((c) => !/status of 401/.test(c))).toEqual([])
  })

  test('the address on the console opens the first run', async ({ empty }) => {
    await page.goto(empty.url)
    await expect(page).toHaveURL(/\/setup/)
    await page.goto(empty.setup)
    await picture(page, 'journey-01-setup')
    await accessible(page, 'first run')
    await page.getByLabel('商家名称').fill('暖冬商贸')
    await page.getByLabel('商家编码').fill(OWNER.merchant_code)
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByLabel('您的称呼').fill('林店长')
    await page.getByLabel('用户名').fill(OWNER.user_name)
    await page.getByLabel(/^密码/).fill(PASSWORD)
    await page.getByLabel('再输一次密码').fill('something else')
    await expect(page.getByRole('alert')).toContainText('两次输入的密码不一样')
    await page.getByLabel('再输一次密码').fill(PASSWORD)
    await page.getByRole('button', { name: '下一步' }).click()
    await untick(page.getByRole('checkbox'))
    await picture(page, 'journey-02-setup-last')
    await page.getByRole('button', { name: '开始使用' }).click()
    await expect(nav(page, '订单')).toBeVisible()
    await picture(page, 'journey-03-empty-home')
    await nav(page, '订单').click()
    await expect(page.getByText('还没有订单')).toBeVisible()
    await picture(page, 'journey-04-empty-orders')
    await accessible(page, 'no orders yet')
  })

  test('shops are added', async () => {
    await nav(page, '设置').click()
    for (const s of Object.values(SHOPS)) {
      await page.getByRole('button', { name: '新增店铺' }).click()
      const dialog = page.getByRole('dialog')
      await choose(page, '平台', s.platform)
      await dialog.getByLabel('店铺名称').fill(s.name)
      await dialog.getByLabel('启用时间').fill('2026-01-01')
      await dialog.getByRole('button', { name: '保存' }).click()
      await expect(dialog).toBeHidden()
      await expect(page.getByRole('cell', { name: s.name })).toBeVisible()
    }
    await picture(page, 'journey-05-shops')
  })

  test('order files are dropped, previewed and imported', async () => {
    for (const [code, s] of Object.entries(SHOPS)) {
      await nav(page, '导入订单').click()
      await page.locator('input[type=file]').setInputFiles(ORDER_FILES[code]!.map(path))
      await expect(page.getByText('识别结果')).toBeVisible()
      await expect(page.getByText(s.platform, { exact: true }).first()).toBeVisible()
      // The only shop of that platform is proposed.
      await expect(page.locator('main')).toContainText(s.name)
      await page.getByRole('button', { name: '刚刚导出' }).click()
      await page.getByRole('button', { name: '预览', exact: true }).click()
      const run = page.getByRole('button', { name: /^导入 \d+ 单$/ })
      await expect(run).toBeEnabled()
      if (code === 'pdd') {
        await picture(page, 'journey-06-import-preview')
        await accessible(page, 'import preview')
        await fits(page, 'import preview')
        // A word nobody knows is shown, and its row left out unless somebody says what it means.
        await expect(page.getByText('不认识的状态')).toBeVisible()
      }
      await run.click()
      await expect(page.getByText('导入结果')).toBeVisible()
      const created = page.locator('dl').getByText('新建').locator('..').locator('dd')
      await expect(created).toHaveText(String(s.orders))
    }
    await picture(page, 'journey-07-import-done')
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: /下载未导入的 \d+ 行/ }).click()
    expect((await download).suggestedFilename()).toMatch(/\.csv$/)
  })

  test('every order is in the list, as cards and compact', async () => {
    await nav(page, '订单').click()
    await expect(page.getByRole('tab', { name: new RegExp(`^全部 ?${TOTAL}$`) })).toBeVisible()
    await expect(page.locator('[data-id]')).toHaveCount(50)
    await picture(page, 'journey-08-orders-card')
    await page.getByRole('button', { name: '紧凑' }).click()
    await picture(page, 'journey-09-orders-compact')
    await page.getByRole('button', { name: '详细' }).click()
    // The next page, and back.
    const first = await page.locator('[data-id]').first().getAttribute('data-id')
    await page.getByRole('button', { name: '下一页' }).click()
    await expect(page.locator(`[data-id="${first}"]`)).toHaveCount(0)
    await page.getByRole('button', { name: '上一页' }).click()
    await expect(page.locator(`[data-id="${first}"]`)).toHaveCount(1)
  })

  test('a pasted column of numbers finds its orders and tells what is missing', async () => {
    const numbers = template.shipments!.map((s) => s.channel_order_no)
    const box = page.getByRole('textbox', { name: /订单号/ }).first()
    await box.focus()
    await page.evaluate((text) => {
      const clip = new DataTransfer()
      clip.setData('text', text)
      document.activeElement!.dispatchEvent(new ClipboardEvent('paste', { clipboardData: clip, bubbles: true, cancelable: true }))
    }, [...numbers, 'NO-SUCH-NUMBER'].join('\n'))
    await expect(page.locator('[data-id]')).toHaveCount(numbers.length)
    await expect(page.getByText(`命中 ${numbers.length} / ${numbers.length + 1}`)).toBeVisible()
    await expect(page).toHaveURL(/numbers=/)
    await picture(page, 'journey-10-numbers')
    await page.reload()
    await expect(page.locator('[data-id]')).toHaveCount(numbers.length)
    await page.getByRole('button', { name: '重置' }).click()
    await expect(page.locator('[data-id]')).toHaveCount(50)
  })

  test('products come from the codes in the orders', async () => {
    await nav(page, '商品').click()
    await picture(page, 'journey-11-listings')
    await page.getByRole('button', { name: '按订单里的编码建商品' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('checkbox').first()).toBeVisible()
    await picture(page, 'journey-12-proposals')
    await accessible(page, 'proposals')
    await dialog.getByRole('button', { name: /^(新建并对应 \d+ 个|全部新建并对应)$/ }).click()
    await expect(dialog).toBeHidden()
    await page.getByRole('tab', { name: '商品与规格' }).click()
    await expect(page.getByRole('row')).not.toHaveCount(1)
    await picture(page, 'journey-13-skus')
  })

  test('opening stock comes in by file', async () => {
    // The SKUs as a spreadsheet would hold them, read from the screen's own service.
    const codes = await page.evaluate(async () => {
      const r = await fetch('/api/v1/skus?limit=200')
      return ((await r.json()) as { items: { code: string }[] }).items.map((s) => s.code)
    })
    expect(codes.length).toBeGreaterThan(5)
    const csv = ['规格编码,数量', ...codes.map((c) => `"${c.replaceAll('"', '""')}",300`), 'NO-SUCH-CODE,5'].join('\r\n')
    await nav(page, '库存').click()
    await page.getByRole('tab', { name: '导入期初库存' }).click()
    await page.locator('input[type=file]').setInputFiles({ name: '期初库存.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${csv}`) })
    await page.getByRole('button', { name: '检查' }).click()
    await expect(page.getByText(`共 ${codes.length + 1} 行，可导入 ${codes.length} 行，有问题 1 行`)).toBeVisible()
    await picture(page, 'journey-14-stock-import')
    await accessible(page, 'stock import')
    await page.getByRole('button', { name: `导入 ${codes.length} 行` }).click()
    await expect(page.getByText('已完成')).toBeVisible()
    await page.getByRole('tab', { name: '库存总览' }).click()
    await expect(page.getByRole('cell', { name: '300', exact: true }).first()).toBeVisible()
    await picture(page, 'journey-15-stock')
  })

  test('orders are reviewed one by one and all at once', async () => {
    await nav(page, '审单').click()
    const queue = page.getByRole('list', { name: '审单' }).getByRole('listitem')
    await expect(queue.first()).toBeVisible()
    await picture(page, 'journey-16-review')
    await accessible(page, 'review')
    await fits(page, 'review')
    const waiting = await queue.count()
    await page.getByRole('button', { name: '全部审核' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText(/^将处理 \d+ 单，跳过 \d+ 单$/)).toBeVisible()
    await picture(page, 'journey-17-approve-all')
    await accessible(page, 'what an approval would skip')
    const text = await dialog.getByText(/^将处理/).innerText()
    const [will, skip] = [...text.matchAll(/\d+/g)].map(Number) as [number, number]
    expect(will).toBeGreaterThan(10)
    await dialog.getByRole('button', { name: `审核 ${will} 单` }).click()
    if (skip > 0) {
      await expect(dialog.getByText(`成功 ${will} 单，失败 ${skip} 单`)).toBeVisible()
      await picture(page, 'journey-18-approved')
      await dialog.getByRole('button', { name: '关闭' }).last().click()
    }
    await expect(dialog).toBeHidden()
    await expect(queue).toHaveCount(waiting - will)
  })

  test('a tracking file is checked row by row, then ships', async () => {
    await nav(page, '发货').click()
    const rows = template.shipments!.map((s) => `${s.channel_order_no},${s.carrier},${s.no}`)
    const csv = ['订单号,快递公司,快递单号', ...rows, '999999-000000000000001,中通快递,78123456789012'].join('\r\n')
    await page.locator('input[type=file]').setInputFiles({ name: '今日单号.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${csv}`) })
    await page.getByRole('button', { name: '检查' }).click()
    await expect(page.getByRole('cell', { name: '找不到订单' })).toBeVisible()
    const go = page.getByRole('button', { name: `发货 ${rows.length} 单` })
    await picture(page, 'journey-19-ship-check')
    await accessible(page, 'shipping check')
    await fits(page, 'shipping check')
    await go.click()
    await expect(page.getByText('失败 1')).toBeVisible()
    await expect(page.getByRole('link', { name: '下载失败的行' })).toBeVisible()
    await picture(page, 'journey-20-shipped')
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: '下载失败的行' }).click()
    const file = await download
    expect(readFileSync((await file.path())!, 'utf8')).toContain('999999-000000000000001')
  })

  test('the filled template goes back to the platform', async () => {
    await page.getByRole('button', { name: '取回传文件' }).click()
    const row = page.getByRole('row').filter({ hasText: SHOPS.pdd!.name })
    await row.locator('input[type=file]').setInputFiles(path(template.files[0]!))
    const get = row.getByRole('button', { name: `下载已填 ${template.shipments!.length} 单` })
    await expect(get).toBeEnabled()
    await picture(page, 'journey-21-templates')
    await accessible(page, 'templates')
    const download = page.waitForEvent('download')
    await get.click()
    const text = readFileSync((await (await download).path())!, 'utf8')
    expect(text.startsWith('\ufeff')).toBe(true)
    const lines = text.slice(1).trim().split(/\r?\n/)
    expect(lines[0]).toBe(template.expected_rows![0]!.join(','))
    expect(lines.slice(1).map((l) => l.replaceAll('"', '').replaceAll('\t', '').split(',').slice(0, 3)).sort()).toEqual(template.expected_rows!.slice(1).map((r) => r.slice(0, 3)).sort())
    await row.getByRole('button', { name: `已传回平台，标记 ${template.shipments!.length} 单` }).click()
    await expect(page.getByText('已标记为回传')).toBeVisible()
    await expect(get).toBeHidden()
  })

  test('the list is exported as a file', async () => {
    await nav(page, '订单').click()
    await page.getByRole('button', { name: '导出', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('CSV').click()
    await picture(page, 'journey-22-export')
    await accessible(page, 'export')
    await dialog.getByRole('button', { name: '开始导出' }).click()
    const link = dialog.getByRole('link', { name: '下载' })
    await expect(link).toBeVisible()
    const download = page.waitForEvent('download')
    await link.click()
    const text = readFileSync((await (await download).path())!, 'utf8')
    expect(text).toContain(template.shipments![0]!.channel_order_no)
    expect(text.trim().split('\n').length).toBeGreaterThan(TOTAL)
    await dialog.getByRole('button', { name: '关闭' }).last().click()
  })

  test('the task centre kept account of everything', async () => {
    await nav(page, '任务中心').click()
    for (const what of ['导入订单', '导入库存', '导入发货', '导出订单']) await expect(page.getByRole('cell', { name: what, exact: true }).first()).toBeVisible()
    await picture(page, 'journey-23-jobs')
    await page.getByRole('row').filter({ hasText: '导入发货' }).getByRole('button', { name: '失败明细' }).click()
    await expect(page.getByRole('cell', { name: '没有找到订单 999999-000000000000001' })).toBeVisible()
    await picture(page, 'journey-24-job-rows')
    await page.keyboard.press('Escape')
  })

  test('an order tells its whole story', async () => {
    await nav(page, '订单').click()
    await page.getByRole('tab', { name: /^已发货/ }).click()
    const no = template.shipments![0]!.channel_order_no
    const card = page.locator('[data-id]').filter({ hasText: no })
    await card.getByRole('button', { name: '详情' }).click()
    const drawer = page.locator('aside, [role=dialog], [role=complementary]').filter({ hasText: no }).last()
    await expect(drawer).toContainText(template.shipments![0]!.no)
    await expect(drawer).toContainText('已回传平台')
    await expect(drawer).toContainText('时间线')
    await picture(page, 'journey-25-order')
    await accessible(page, 'order')
    await page.keyboard.press('Escape')
  })

  test('signing out leaves nothing, signing in brings it back', async () => {
    await page.getByRole('button', { name: /的菜单$/ }).click()
    await page.getByRole('menuitem', { name: '退出登录' }).click()
    await expect(page).toHaveURL(/\/login/)
    await picture(page, 'journey-26-login')
    await accessible(page, 'login')
    await page.getByLabel('用户名').fill(OWNER.user_name)
    await page.getByLabel('密码', { exact: true }).fill(`not ${PASSWORD}`)
    await page.getByRole('button', { name: '登录' }).click()
    await expect(page.getByRole('alert')).toContainText('不正确')
    await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: '登录' }).click()
    await expect(nav(page, '订单')).toBeVisible()
  })
})
