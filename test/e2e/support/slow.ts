import type { Browser, Page } from '@playwright/test'

/**
 * The longest an answer of the API is held back, in milliseconds; 0 is not at all. A suite that
 * passes with it does not depend on how fast the machine is that runs it.
 */
const longest = Number(process.env.ORDERCOVE_E2E_SLOW || 0)

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Every page of this browser from now on has a slow line and a third of a processor. */
export function slowly(browser: Browser): void {
  if (!longest) return
  const make = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const context = await make(options)
    await context.route('**/api/v1/**', async (route) => {
      await wait(Math.random() * longest)
      // The page may be gone by now, and its request with it.
      await route.fallback().catch(() => undefined)
    })
    context.on('page', (page: Page) => {
      void (async () => {
        const session = await context.newCDPSession(page)
        await session.send('Emulation.setCPUThrottlingRate', { rate: 3 })
      })().catch(() => undefined)
    })
    return context
  }
}
