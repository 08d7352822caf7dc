import { accessible, Data, english, fits, picture } from './support/check.ts'
import { expect, signIn, test } from './support/test.ts'

// Every screen of a working merchant, in both languages: readable by everybody,
// nothing cut off, and no Chinese in English but the merchant's own data.

const SCREENS: Record<string, string> = {
  home: '/',
  orders: '/orders',
  'orders-review': '/orders?tab=awaiting_approval',
  'orders-problem': '/orders?tab=problem',
  'orders-nothing': '/orders?q=no-such-thing',
  import: '/import',
  review: '/review',
  'review-finance': '/review?stage=finance',
  print: '/print',
  'print-problem': '/print?tab=problem',
  'print-batches': '/print?tab=batches',
  'ship-file': '/ship',
  'ship-templates': '/ship?tab=templates',
  merge: '/merge',
  waiting: '/waiting',
  'merge-prompts': '/merge?tab=prompts',
  verify: '/verify',
  weigh: '/weigh',
  hits: '/hits',
  handover: '/handover',
  'handover-waiting': '/handover?tab=waiting',
  'catalog-listings': '/catalog',
  'catalog-skus': '/catalog?tab=skus',
  'catalog-import': '/catalog?tab=import',
  'stock-balances': '/stock',
  'stock-movements': '/stock?tab=movements',
  'stock-import': '/stock?tab=import',
  aftersales: '/aftersales',
  'aftersales-all': '/aftersales?tab=all',
  returns: '/returns',
  'returns-unclaimed': '/returns?tab=unclaimed',
  'stock-locations': '/stock?tab=locations',
  waves: '/waves',
  'waves-all': '/waves?tab=all',
  'waves-make': '/waves?tab=make',
  jobs: '/jobs',
  'settings-shops': '/settings/shops',
  'settings-warehouses': '/settings/warehouses',
  'settings-labels': '/settings/labels',
  'settings-stations': '/settings/stations',
  'settings-carriers': '/settings/carriers',
  'settings-carriers-rules': '/settings/carriers?tab=rules',
  'settings-carriers-waybills': '/settings/carriers?tab=waybills',
  'settings-allocation': '/settings/allocation',
  'settings-allocation-sites': '/settings/allocation?tab=sites',
  'settings-allocation-preview': '/settings/allocation?tab=preview',
  'settings-suppliers': '/settings/suppliers',
  dropship: '/dropship',
  'dropship-shipped': '/dropship?state=shipped',
  'settings-users': '/settings/users',
  'settings-roles': '/settings/roles',
  'settings-api-keys': '/settings/api-keys',
  'settings-audit': '/settings/audit',
  'settings-system': '/settings/system',
  'settings-account': '/settings/account',
}

async function settled(page: import('@playwright/test').Page): Promise<void> {
  await expect(page.locator('main')).toBeVisible()
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('status', { name: /^(加载中|Loading)/ })).toHaveCount(0)
  await page.evaluate(() => document.fonts.ready)
}

for (const lang of ['en-US', 'zh-CN'] as const) {
  test(`every screen stands up to a look in ${lang}`, async ({ page, morning }) => {
    test.setTimeout(600_000)
    const data = new Data(page)
    await signIn(page, morning, lang)
    for (const [name, where] of Object.entries(SCREENS)) {
      await test.step(name, async () => {
        await page.goto(morning.url + where)
        await settled(page)
        await expect(page.getByRole('alert'), `${name}: an error is shown`).toHaveCount(0)
        await picture(page, `${name}-${lang}`)
        await fits(page, `${name} ${lang}`)
        if (lang === 'en-US') await english(page, data, name)
        await accessible(page, `${name} ${lang}`)
      })
    }
  })
}

test('the compact list shows many orders at once, and the choice is remembered', async ({ page, full }) => {
  const data = new Data(page)
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/orders`)
  await settled(page)
  const rows = page.locator('[data-id]')
  const inView = () => rows.evaluateAll((all) => all.filter((r) => r.getBoundingClientRect().bottom <= innerHeight).length)
  await expect.poll(inView).toBeGreaterThan(0)
  const cards = await inView()
  await page.getByRole('button', { name: 'Compact' }).click()
  await expect.poll(inView).toBeGreaterThan(14)
  expect(cards).toBeLessThan(await inView())
  await picture(page, 'orders-compact-en-US')
  await accessible(page, 'compact list')
  await english(page, data, 'compact list')
  await page.reload()
  await settled(page)
  await expect.poll(inView).toBeGreaterThan(14)
})

test('the drawer, the full page and the dialogs stand up to a look', async ({ page, full }) => {
  const data = new Data(page)
  await signIn(page, full.server)
  await page.goto(`${full.server.url}/orders?tab=awaiting_approval`)
  await settled(page)
  await page.locator('[data-id]').first().getByRole('button', { name: 'Details' }).click()
  const drawer = page.getByRole('complementary', { name: 'Order details' }).or(page.getByRole('dialog', { name: 'Order details' }))
  await expect(drawer).toBeVisible()
  await settled(page)
  await picture(page, 'drawer-en-US')
  await accessible(page, 'drawer')
  await english(page, data, 'drawer')
  await fits(page, 'drawer')
  await page.getByRole('link', { name: /full page|page/i }).first().click()
  await expect(page).toHaveURL(/\/orders\/\d+/)
  await settled(page)
  await picture(page, 'order-page-en-US')
  await accessible(page, 'order page')
  await english(page, data, 'order page')
})
