import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Suspense } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/lib/api/client'
import { closeComponents, components } from '@/lib/component'
import { leaveStation } from '@/lib/component/station'
import { meQuery } from '@/lib/session'
import { FakeSocket, plug, Program } from '@/test/component'
import { ThisComputer } from './ThisComputer'

const OFFER = '用这台电脑的打印组件'

function show(permissions: string[] = ['packing.print']) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  client.setQueryData(meQuery.queryKey, { display_name: '林店长', permissions } as never)
  const ready = vi.fn<(agent: string, printer: string) => void>()
  render(
    <QueryClientProvider client={client}>
      <Suspense>
        <ThisComputer onReady={ready} />
      </Suspense>
    </QueryClientProvider>,
  )
  return ready
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
  vi.restoreAllMocks()
})

it('offers nothing to a page that may not reach them, nor to whoever may not print', () => {
  show([])
  expect(screen.queryByRole('button')).toBeNull()
  vi.stubGlobal('isSecureContext', false)
  show()
  expect(screen.queryByRole('button')).toBeNull()
})

it('says that no component is there, and makes no station', async () => {
  const asked = vi.fn<typeof fetch>()
  vi.stubGlobal('fetch', asked)
  const ready = show()
  await userEvent.click(screen.getByRole('button', { name: OFFER }))
  expect(await screen.findByText(/本机没有找到打印组件/)).toBeTruthy()
  expect(asked).not.toHaveBeenCalled()
  expect(ready).not.toHaveBeenCalled()
})

it('becomes a station with the printers of the component, the usual one first', async () => {
  plug(components.pdd.addresses[0], new Program('pdd'))
  Object.defineProperty(navigator, 'locks', { configurable: true, value: { request: () => Promise.resolve() } })
  const added = vi.spyOn(api, 'post').mockResolvedValue({ agent: { id: '7' }, code: '1-ABC' } as never)
  const paired: unknown[] = []
  vi.stubGlobal('fetch', (to: string, init?: RequestInit) => {
    if (!to.endsWith('/print/agent/pair')) return Promise.resolve(Response.json({ items: [] }))
    paired.push(JSON.parse(String(init?.body)))
    return Promise.resolve(Response.json({ agent_id: '7', name: 'x', key: 'k' }))
  })
  const ready = show()
  await userEvent.click(screen.getByRole('button', { name: OFFER }))
  await vi.waitFor(() => expect(ready).toHaveBeenCalledWith('7', '面单机 2'))
  expect(added.mock.calls.map((c) => c.slice(0, 2))).toEqual([['/print/agents', { name: '林店长的电脑' }]])
  expect(paired).toEqual([{ code: '1-ABC', printers: ['面单机 2', '面单机 1'] }])
})
