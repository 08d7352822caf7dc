import { accessible, fits, picture } from './support/check.ts'
import { Server } from './support/server.ts'
import { Simulator } from './support/simulator.ts'
import { Api, expect, OWNER, PASSWORD, signIn, test } from './support/test.ts'

// Buyers' reviews of a mall are read as they stand, and one is answered.

interface Shops {
  shops: { name: string; base_url: string; credentials: Record<string, string> }[]
}

test('a review is answered, and the mall has the answer', async ({ browser }) => {
  const sim = await Simulator.start(['--shops', 'openmall=1', '--shops-each', '0', '--orders', '0', '--days', '1'])
  const server = await Server.start(['--allow-private', '127.0.0.1'])
  try {
    await sim.admin('POST', '/quiesce')
    const mall = ((await sim.admin('GET', '/shops')) as Shops).shops[0]!
    const made = (await sim.admin('POST', `/shops/${mall.name}/orders`, { count: 1, paid: true, lines: 1 })) as { orders: string[] }
    for (const act of ['ship_elsewhere', 'deliver', 'complete', 'review']) await sim.admin('POST', `/shops/${mall.name}/orders/${made.orders[0]}/acts`, { do: act })
    const api = new Api(server.url)
    await api.call('POST', '/setup', { token: new URL(server.setup).searchParams.get('token'), ...OWNER, merchant_name: '暖冬商贸', display_name: '林店长', password: PASSWORD, lang: 'zh-CN' })
    const id = (await api.call('POST', '/shops', { channel: 'openmall', name: '自建商城', live_from_at: new Date(Date.now() - 86_400_000).toISOString() })).id
    await api.call('PUT', `/shops/${id}/access`, { base_url: mall.base_url, credentials: mall.credentials })
    const page = await browser.newPage()
    await signIn(page, server, 'zh-CN')
    await page.goto(`${server.url}/sync/${id}?tab=reviews`)
    const row = page.getByRole('row').filter({ hasText: made.orders[0]! })
    await expect(row).toBeVisible({ timeout: 30_000 })
    await picture(page, 'reviews-01-list')
    await accessible(page, 'reviews')
    await fits(page, 'reviews')
    await row.getByRole('button', { name: '回复' }).click()
    await page.getByRole('textbox', { name: '回复' }).fill('谢谢您的支持')
    await page.getByRole('button', { name: '公开回复' }).click()
    await expect(row).toContainText('已完成', { timeout: 60_000 })
    await page.reload()
    await expect(row).toContainText('已回复：谢谢您的支持', { timeout: 30_000 })
    await picture(page, 'reviews-02-answered')
    await page.close()
  } finally {
    await server.stop()
    await sim.stop()
  }
})
