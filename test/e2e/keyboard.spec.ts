import { accessible, Data, english, picture } from './support/check.ts'
import { chord, expect, signIn, test } from './support/test.ts'

// The list from the keyboard alone: what somebody who handles four hundred orders a
// day never takes a hand off for.

test('orders are walked, chosen, opened and left by keyboard alone', async ({ page, full }) => {
  await signIn(page, full.server)
  await chord(page, 'o', /\/orders/)
  const rows = page.locator('[data-id]')
  await expect(rows.first()).toBeVisible()
  const current = page.locator('[data-id][aria-current]')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(current).toHaveAttribute('data-id', (await rows.nth(1).getAttribute('data-id'))!)
  await page.keyboard.press('k')
  await expect(current).toHaveAttribute('data-id', (await rows.nth(0).getAttribute('data-id'))!)
  await page.keyboard.press('x')
  await expect(page.getByText('1 selected')).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Shift+X')
  await expect(page.getByText('3 selected')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/drawer=/)
  const opened = page.url()
  await expect(page.getByRole('dialog', { name: 'Order details' })).toBeVisible()
  await page.keyboard.press('j')
  await expect(page).not.toHaveURL(opened)
  await page.keyboard.press('Escape')
  await expect(page).not.toHaveURL(/drawer=/)
  // Choosing survives the next page.
  await page.getByRole('button', { name: 'Next page' }).click()
  await expect(page.getByText('3 selected')).toBeVisible()
})

test('the palette finds pages and orders, and shortcuts rest while somebody types', async ({ page, full }) => {
  const data = new Data(page)
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/orders`)
  const first = page.locator('[data-id]').first()
  await expect(first).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('jjxk')
  await expect(page.locator('[data-id][aria-current]')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.locator('body').click({ position: { x: 700, y: 5 } })

  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await picture(page, 'palette-en-US')
  await accessible(page, 'palette')
  await english(page, data, 'palette')
  await page.keyboard.type('stock')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/stock/)

  await page.keyboard.press('Control+k')
  const no = 'SPU-TW'
  await page.keyboard.type(no)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/orders\?.*q=SPU-TW/)
  await expect(page.locator('[data-id]').first()).toBeVisible()

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await picture(page, 'shortcuts-en-US')
  await accessible(page, 'shortcuts')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('the review queue moves on by single keys', async ({ page, full }) => {
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/review`)
  const queue = page.locator('[data-review]')
  await expect(queue.first()).toBeVisible()
  const n = await queue.count()
  // The first that nothing stops: walk to it with j.
  const ready = await page.evaluate(async () => {
    const r = await fetch('/api/v1/orders?tab=awaiting_approval&sort=placed_asc&limit=50')
    const items = ((await r.json()) as { items: { id: string; allowed_actions: string[]; holds: string[] }[] }).items
    return items.findIndex((o) => o.allowed_actions.includes('approve') && o.holds.every((h) => h === 'buyer_note'))
  })
  expect(ready).toBeGreaterThanOrEqual(0)
  for (let i = 0; i < ready; i++) await page.keyboard.press('j')
  const id = await queue.nth(ready).getAttribute('data-review')
  await page.keyboard.press('a')
  await expect(page.locator(`[data-review="${id}"]`)).toHaveCount(0)
  await expect(queue).toHaveCount(n - 1)
})
