import { accessible, Data, english, picture } from './support/check.ts'
import { expect, signIn, test, tick } from './support/test.ts'

// What people see when something is slow, fails, or is not theirs.

const api = (path: string) => new RegExp(`/api/v1${path}`)

test('a slow list shows bars first and keeps old rows while new ones come', async ({ page, full }) => {
  await signIn(page, full.server)
  let hold = true
  await page.route(api('/orders(/search)?(\\?|$)'), async (route) => {
    while (hold) await new Promise((r) => setTimeout(r, 50))
    await route.continue()
  })
  await page.goto(`${full.server.url}/orders`)
  await expect(page.getByRole('status', { name: 'Loading' }).first()).toBeVisible()
  await picture(page, 'loading-en-US')
  hold = false
  const rows = page.locator('[data-id]')
  await expect(rows.first()).toBeVisible()
  hold = true
  await page.getByRole('tab', { name: /^Unpaid/ }).click()
  await expect(page.locator('[aria-busy=true]')).toBeVisible()
  expect(await rows.count()).toBeGreaterThan(0)
  hold = false
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
})

test('a failure says what happened, names the request and is tried again', async ({ page, full, watched }) => {
  watched.expected.push(/status of 500/)
  const data = new Data(page)
  await signIn(page, full.server)
  let broken = true
  await page.route(api('/orders(/search)?(\\?|$)'), async (route) => {
    if (!broken) return route.continue()
    await route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: 'Internal Server Error', status: 500, code: 'web.internal', detail: 'Something went wrong', request_id: 'abc123' }),
    })
  })
  await page.goto(`${full.server.url}/orders`)
  const alert = page.getByRole('alert').filter({ hasText: 'abc123' })
  await expect(alert).toBeVisible({ timeout: 60_000 })
  await picture(page, 'failing-en-US')
  await accessible(page, 'failing list')
  await english(page, data, 'failing list')
  broken = false
  await alert.getByRole('button', { name: 'Try again' }).click()
  await expect(page.locator('[data-id]').first()).toBeVisible()
  await expect(alert).toBeHidden()
})

test('without a connection the page says so and keeps what it has', async ({ page, full, watched, context }) => {
  watched.expected.push(/ERR_INTERNET_DISCONNECTED|Failed to fetch|net::/)
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/orders`)
  const rows = page.locator('[data-id]')
  await expect(rows.first()).toBeVisible()
  const n = await rows.count()
  await rows.first().getByRole('button', { name: 'Note' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('call the buyer')
  await context.setOffline(true)
  const save = dialog.getByRole('button', { name: 'Save' })
  await save.click()
  await expect(page.getByText(/cannot be reached|check the network/i).first()).toBeVisible()
  await picture(page, 'offline-en-US')
  expect(await rows.count()).toBe(n)
  await expect(dialog.getByRole('textbox')).toHaveValue('call the buyer')
  await context.setOffline(false)
  await save.click()
  await expect(dialog).toBeHidden()
  await expect(rows.first()).toContainText('call the buyer')
})

test('what could not be asked is asked again by itself', async ({ page, full, watched, context }) => {
  watched.expected.push(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|Failed to fetch|net::/)
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/orders`)
  const rows = page.locator('[data-id]')
  await expect(rows.first()).toBeVisible()
  const alert = page.getByRole('alert')
  await context.setOffline(true)
  await page.getByRole('tab', { name: /^To review/ }).click()
  await expect(alert.first()).toBeVisible()
  await context.setOffline(false)
  await expect(alert).toHaveCount(0)
  await expect(rows.first()).toBeVisible()
  // The network stands, the server does not.
  await page.route('**/api/v1/**', (route) => route.abort('connectionrefused'))
  await page.getByRole('navigation').first().getByRole('link', { name: 'Merge' }).click()
  await expect(alert.first()).toBeVisible()
  await page.unroute('**/api/v1/**')
  await expect(alert).toHaveCount(0)
  await expect(page.getByText(/\d+ groups? can be merged/)).toBeVisible()
})

test('a file nobody can read says why', async ({ page, full, watched }) => {
  watched.expected.push(/status of 4\d\d/)
  const data = new Data(page)
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/import`)
  await page.locator('input[type=file]').setInputFiles({ name: 'holiday.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('PK\u0003\u0004 and then nothing that a workbook has', 'latin1') })
  await expect(page.locator('main')).toContainText('holiday.xlsx')
  await expect(page.getByText(/cannot be read/i).first()).toBeVisible()
  await picture(page, 'unreadable-file-en-US')
  await english(page, data, 'unreadable file')
  await expect(page.getByRole('button', { name: 'Preview', exact: true })).toHaveCount(0)
})

test('a table nobody knows is mapped by hand and its words explained', async ({ page, full }) => {
  await full.api.call('POST', '/shops', { channel: 'generic', name: 'Blue Bay own site', live_from_at: '2026-01-01T00:00:00+08:00' })
  const data = new Data(page)
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/import`)
  const csv = ['Ref,Stage,Thing,Count,Paid', 'A-1001,shipped out soon,Blue mug,2,36.00', 'A-1002,done,Green mug,1,18.00'].join('\n')
  await page.locator('input[type=file]').setInputFiles({ name: 'own-site.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await expect(page.locator('main')).toContainText('own-site.csv')
  await picture(page, 'generic-mapping-en-US')
  await accessible(page, 'mapping')
  await english(page, data, 'mapping')
  const choose = async (field: string | RegExp, option: string) => {
    await page.getByRole('combobox', { name: field }).click()
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option-content').getByText(option, { exact: true }).click()
  }
  await choose('Which shop these orders are of', 'Blue Bay own site')
  await page.getByRole('button', { name: 'Just now' }).click()
  for (const [field, column] of Object.entries({ 'Order no.': 'Ref', 'Order state': 'Stage', 'Item title': 'Thing', Quantity: 'Count', 'Paid by the buyer': 'Paid' })) await choose(field, column)
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  // Its words for states are nobody's; nothing is guessed.
  await choose(/shipped out soon/, 'To ship')
  await choose(/“done”|done/, 'Completed')
  await page.getByRole('button', { name: 'Preview again' }).click()
  await picture(page, 'generic-preview-en-US')
  await page.getByRole('button', { name: /^Import 2 orders$/ }).click()
  await expect(page.locator('dl').getByText('New', { exact: true }).locator('..').locator('dd')).toHaveText('2')
})

test('a batch tells before what it will skip, and after what failed', async ({ page, full }) => {
  const data = new Data(page)
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/orders`)
  await expect(page.locator('[data-id]').first()).toBeVisible()
  await tick(page.getByRole('checkbox', { name: /page/i }))
  await expect(page.getByText('50 selected')).toBeVisible()
  await page.getByRole('button', { name: 'Approve', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('status')).toContainText(/\d+/)
  await expect(dialog.getByRole('listitem').first()).toBeVisible()
  await picture(page, 'batch-check-en-US')
  await accessible(page, 'batch check')
  await english(page, data, 'batch check')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()
})

test('the warehouse is shown no amounts and offered nothing it may not do', async ({ page, full, watched }) => {
  watched.expected.push(/status of 40[13]/)
  const roles = (await full.api.call('GET', '/roles')).items as { id: string; code: string }[]
  await full.api.call('POST', '/users', { user_name: 'packer', display_name: 'Packer', password: 'first saltwater harbour 42', role_ids: [roles.find((r) => r.code === 'warehouse')!.id] })
  await page.addInitScript(() => localStorage.setItem('ordercove.language', 'en-US'))
  await page.goto(`${full.server.url}/login`)
  await page.getByLabel('Merchant code').fill('bluebay')
  await page.getByLabel('User name').fill('packer')
  await page.getByLabel(/^Password/).fill('first saltwater harbour 42')
  await page.getByRole('button', { name: 'Sign in' }).click()
  // The first password has to be replaced before anything else.
  await expect(page.locator('input[type=password]')).not.toHaveCount(0)
  await expect(page).not.toHaveURL(/login/)
  await picture(page, 'first-password-en-US')
  await accessible(page, 'first password')
  await page.getByLabel('Current password').fill('first saltwater harbour 42')
  await page.getByLabel('New password').fill('saltwater harbour 42')
  await page.getByLabel('Password once more').fill('saltwater harbour 42')
  await page.getByRole('button', { name: 'Set and continue' }).click()
  await page.getByRole('navigation').first().getByRole('link', { name: 'Orders' }).click()
  await expect(page.locator('[data-id]').first()).toBeVisible()
  await expect(page.locator('[data-id]').first()).not.toContainText('¥')
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0)
  await picture(page, 'warehouse-orders-en-US')
  await page.goto(`${full.server.url}/settings/audit`)
  await expect(page.locator('main')).toContainText('Your role does not open this page')
  await picture(page, 'refused-en-US')
})

test('a tab is not for everybody, and finance reviews what waits for it', async ({ browser, full }) => {
  const roles = (await full.api.call('GET', '/roles')).items as { id: string; code: string }[]
  const as = async (user: string, role: string) => {
    await full.api.call('POST', '/users', { user_name: user, display_name: user, password: 'first saltwater harbour 42', role_ids: [roles.find((r) => r.code === role)!.id] })
    const context = await browser.newContext()
    await context.addInitScript(() => localStorage.setItem('ordercove.language', 'en-US'))
    const given = { merchant_code: 'bluebay', user_name: user, password: 'first saltwater harbour 42' }
    const headers = { origin: full.server.url }
    expect((await context.request.post(`${full.server.url}/api/v1/sessions`, { data: given, headers })).ok()).toBe(true)
    const changed = await context.request.post(`${full.server.url}/api/v1/me/password`, { data: { old_password: given.password, new_password: 'saltwater harbour 42' }, headers })
    expect(changed.ok(), await changed.text()).toBe(true)
    return context.newPage()
  }
  const service = await as('desk', 'customer_service')
  for (const address of ['/waves?tab=make', '/settings/allocation?tab=preview', '/stock?tab=import']) {
    await service.goto(full.server.url + address)
    await expect(service.locator('main'), address).toContainText('Your role does not open this page')
  }
  await service.goto(`${full.server.url}/settings/allocation`)
  await expect(service.getByRole('tab', { name: 'Warehouses and areas' })).toBeVisible()
  await expect(service.getByRole('tab', { name: 'Try and re-allocate' })).toHaveCount(0)
  await service.context().close()
  const finance = await as('ledger', 'finance')
  await finance.goto(full.server.url)
  await finance.getByRole('navigation').first().getByRole('link', { name: 'Review' }).click()
  const waits = finance.getByRole('tab', { name: /^Finance/ })
  await expect(waits).toHaveAttribute('aria-selected', 'true')
  await finance.getByRole('tab', { name: /^Customer service/ }).click()
  await expect(finance).toHaveURL(/stage=service/)
  await expect(finance.getByRole('alert')).toHaveCount(0)
  await waits.click()
  await expect(waits).toHaveAttribute('aria-selected', 'true')
  await finance.context().close()
})
