import { expect, type Page, type Response } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  impact: string
  nodes: { target: string[]; failureSummary: string }[]
}

/** No serious or critical breach of WCAG 2.2 AA on what is shown now. */
export async function accessible(page: Page, screen: string): Promise<void> {
  // Evaluated by the debugger: the page's own policy forbids foreign script elements.
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    const result = await (globalThis as unknown as { axe: { run: (o: object) => Promise<{ violations: Violation[]; passes: unknown[] }> } }).axe.run({ runOnly: tags })
    return { violations: result.violations, passes: result.passes.length }
  })
  expect(found.passes, `${screen}: rules that had something to look at`).toBeGreaterThan(5)
  const bad = found.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} – ${n.failureSummary.replace(/\s+/g, ' ')}`).join('; ')}`)
  expect.soft(bad, `${screen}: accessibility`).toEqual([])
}

/** Nothing is wider than the window, and no button's text is cut off. */
export async function fits(page: Page, screen: string): Promise<void> {
  const cut = await page.evaluate(() => {
    const out: string[] = []
    if (document.documentElement.scrollWidth > innerWidth + 1) out.push(`page ${document.documentElement.scrollWidth} > ${innerWidth}`)
    for (const b of document.querySelectorAll<HTMLElement>('button, [role=tab], a')) {
      if (b.offsetParent && b.scrollWidth > b.clientWidth + 2 && b.clientWidth > 0 && getComputedStyle(b).overflowX !== 'visible' && b.innerText.trim()) out.push(`${b.innerText.trim()} (${b.scrollWidth} > ${b.clientWidth})`)
    }
    return out
  })
  expect.soft(cut, `${screen}: cut off`).toEqual([])
}

// Keys whose values are texts for people: in an English page they must be English.
const TEXTS = new Set(['message', 'detail', 'text', 'title_text', 'name_zh', 'description'])

/** Everything the server told the page that is data, as opposed to words of the interface. */
export class Data {
  private known = ''
  constructor(page: Page) {
    page.on('response', (r) => void this.take(r))
  }
  private async take(r: Response): Promise<void> {
    if (!r.url().includes('/api/v1/') || !(r.headers()['content-type'] ?? '').includes('json')) return
    const body: unknown = await r.json().catch(() => null)
    this.collect(body)
  }
  private collect(value: unknown): void {
    if (typeof value === 'string') this.known += `${value}\n`
    else if (Array.isArray(value)) for (const v of value) this.collect(v)
    else if (value && typeof value === 'object') for (const [k, v] of Object.entries(value)) if (!TEXTS.has(k)) this.collect(v)
  }
  has(text: string): boolean {
    return this.known.includes(text)
  }
}

/** An English page holds no Chinese but the merchant's own data. */
export async function english(page: Page, data: Data, screen: string): Promise<void> {
  expect(await page.locator('html').getAttribute('lang')).toBe('en-US')
  const texts = await page.evaluate(() => {
    const out: string[] = [document.title]
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      const parent = n.parentElement
      if (parent && !parent.closest('script,style,noscript,[lang^=zh]')) out.push(n.textContent ?? '')
    }
    for (const e of document.querySelectorAll('[aria-label],[title],[placeholder],[alt]')) {
      if (e.closest('[lang^=zh]')) continue
      for (const a of ['aria-label', 'title', 'placeholder', 'alt']) out.push(e.getAttribute(a) ?? '')
    }
    return out
  })
  const leaks = new Set<string>()
  for (const text of texts) {
    // What stands in quotes is quoted from the merchant's files.
    for (const run of text.replace(/“[^”]*”/g, '').match(/[\u3400-\u9fff]+/g) ?? []) if (!data.has(run)) leaks.add(`${run} in «${text.trim().slice(0, 60)}»`)
  }
  expect.soft([...leaks].slice(0, 20), `${screen}: Chinese in an English page`).toEqual([])
}

/** A picture to look at; pictures are not compared. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `screenshots/${name}.png`, animations: 'disabled' })
}
