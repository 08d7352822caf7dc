import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { closeComponents, components } from '@/lib/component'
import { areaTemplates, keepAreaTemplate } from '@/lib/component/area'
import { leaveStation } from '@/lib/component/station'
import { writePref } from '@/lib/prefs'
import { FakeSocket, plug, Program } from '@/test/component'
import { ThisBrowser } from './ThisBrowser'

function show(): void {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ThisBrowser />
    </QueryClientProvider>,
  )
}

beforeEach(() => {
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('isSecureContext', true)
})

afterEach(() => {
  leaveStation()
  closeComponents()
  plug()
  vi.unstubAllGlobals()
})

it('says why a page over plain http cannot, and offers nothing that would fail', () => {
  vi.stubGlobal('isSecureContext', false)
  show()
  expect(screen.getByRole('note').textContent).toContain('localhost')
  expect(screen.queryByRole('button')).toBeNull()
})

it('shows the components of the machine when asked to look', async () => {
  plug(components.pdd.addresses[0], new Program('pdd'))
  show()
  await userEvent.click(screen.getByRole('button', { name: '查找本机的打印组件' }))
  const list = await screen.findByRole('list', { name: '本机的打印组件' })
  const rows = within(list).getAllByRole('listitem').map((row) => row.textContent)
  expect(rows).toHaveLength(Object.keys(components).length)
  expect(rows.find((r) => r?.includes('拼多多'))).toContain('面单机 1, 面单机 2')
  expect(rows.find((r) => r?.includes('菜鸟'))).toContain('没有找到')
})

it('keeps a wrong code in its field with the server’s words', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ code: 'print.bad_pairing', detail: '配对码不对或已过期', status: 401, request_id: 'r-1' }, { status: 401 })))
  show()
  const field = screen.getByLabelText('打印站的配对码')
  await userEvent.type(field, '1-WRONG')
  await userEvent.click(screen.getByRole('button', { name: '让这个浏览器当打印站' }))
  expect(await screen.findByText(/配对码不对或已过期/)).toBeTruthy()
  expect((field as HTMLInputElement).value).toBe('1-WRONG')
})

it('keeps the addresses of templates that draw our area, and none that is no address', async () => {
  vi.stubGlobal('navigator', { userAgent: navigator.userAgent, locks: { request: () => new Promise(() => undefined) } })
  writePref('station', JSON.stringify({ name: '一号台', key: 'oca_1_7_x' }))
  show()
  await userEvent.click(await screen.findByText('面单自定义区'))
  const field = screen.getByLabelText('拼多多打印组件的自定义区模板地址')
  await userEvent.type(field, 'templates.example')
  expect(screen.getByText('须是 http 或 https 开头的地址')).toBeTruthy()
  expect(areaTemplates()).toEqual({})
  await userEvent.clear(field)
  await userEvent.type(field, 'https://templates.example/1')
  expect(areaTemplates()).toEqual({ pdd: 'https://templates.example/1' })
  expect(screen.queryByText('须是 http 或 https 开头的地址')).toBeNull()
  keepAreaTemplate('pdd', '')
})
