import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { closeComponents, components } from '@/lib/component'
import { leaveStation } from '@/lib/component/station'
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
