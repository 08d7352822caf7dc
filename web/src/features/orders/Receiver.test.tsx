import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { OrderDetail } from '@/lib/api/contract'
import { meQuery } from '@/lib/session'
import { orderRow } from '@/test/orders'
import { Receiver, receiverLine } from './Receiver'

const order = { ...orderRow({ allowed_actions: ['reveal'], district: '西湖区' }) } as unknown as OrderDetail
const plain = { name: '周岚', phone: '13900000021', province: '浙江省', city: '杭州市', district: '西湖区', address: '文三路 18 号' }

function show(rights: string[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(meQuery.queryKey, { permissions: rights } as never)
  render(
    <QueryClientProvider client={client}>
      <dl>
        <Receiver order={order} />
      </dl>
    </QueryClientProvider>,
  )
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('the receiver is one line as carriers take it, a municipality named once', () => {
  expect(receiverLine(plain, order)).toBe('周岚 13900000021 浙江省杭州市西湖区 文三路 18 号')
  expect(receiverLine({ name: '李木', address: '建国路 1 号' }, { province: '北京市', city: '北京市', district: '朝阳区' })).toBe('李木 北京市朝阳区 建国路 1 号')
})

test('who may not reveal is not offered to', () => {
  show(['order.read'])
  expect(screen.queryByRole('button', { name: '复制收件信息' })).toBeNull()
})

test('a copied receiver was asked for with a reason, stays shown for a minute and is covered again', async () => {
  vi.useFakeTimers()
  const asked: { url: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push({ url: request.url, body: await request.json() })
    return Response.json(plain)
  })
  vi.stubGlobal('isSecureContext', false)
  let copied = ''
  document.execCommand = vi.fn(() => {
    copied = (document.querySelector('textarea') as HTMLTextAreaElement).value
    return true
  })
  show(['order.read', 'order.reveal'])
  fireEvent.click(screen.getByRole('button', { name: '复制收件信息' }))
  await act(() => vi.advanceTimersByTimeAsync(500))
  expect(asked).toEqual([{ url: expect.stringMatching(/\/api\/v1\/orders\/1\/reveal$/), body: { fields: ['name', 'phone', 'address'], reason: 'copy' } }])
  expect(copied).toBe('周岚 13900000021 浙江省杭州市西湖区 文三路 18 号')
  expect(screen.getByText('周岚 13900000021')).toBeTruthy()
  await act(() => vi.advanceTimersByTimeAsync(58_000))
  expect(screen.getByText('周岚 13900000021')).toBeTruthy()
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  expect(screen.queryByText('周岚 13900000021')).toBeNull()
  expect(screen.getByText('张* 138****0001')).toBeTruthy()
})
