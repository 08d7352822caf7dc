import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { OrderRow } from '@/lib/api/contract'
import { meQuery } from '@/lib/session'
import { orderRow } from '@/test/orders'
import { useOrderKeys } from './keys'

const onShip = vi.fn()
const onNote = vi.fn()

function Probe({ order }: { order: OrderRow | undefined }) {
  useOrderKeys(() => order, { onShip, onNote })
  return null
}

function show(order: OrderRow | undefined, rights: string[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(meQuery.queryKey, { permissions: rights } as never)
  if (order) client.setQueryData(['orders', 'list', {}], { items: [order], next_cursor: '' })
  render(
    <QueryClientProvider client={client}>
      <Probe order={order} />
    </QueryClientProvider>,
  )
  return client
}

const press = (...keys: string[]) => keys.forEach((key) => fireEvent.keyDown(document.body, { key }))

afterEach(() => {
  onShip.mockReset()
  onNote.mockReset()
  vi.unstubAllGlobals()
})

test('s ships and r writes the note of the order that the keyboard stands on', () => {
  const order = orderRow()
  show(order, ['fulfillment.ship', 'order.note'])
  press('s', 'r')
  expect(onShip).toHaveBeenCalledWith(order)
  expect(onNote).toHaveBeenCalledWith(order)
})

test('what the role or the order does not allow does nothing', () => {
  show(orderRow({ allowed_actions: ['note', 'ship'] }), ['order.read'])
  press('s', 'r')
  expect(onShip).not.toHaveBeenCalled()
  expect(onNote).not.toHaveBeenCalled()
})

test('an order that cannot be shipped yet is not shipped by key', () => {
  show(orderRow({ allowed_actions: ['approve', 'note'] }), ['fulfillment.ship'])
  press('s')
  expect(onShip).not.toHaveBeenCalled()
})

test('without an order the keys do nothing', () => {
  show(undefined, ['fulfillment.ship', 'order.note'])
  press('s', 'r', 'f', '1')
  expect(onShip).not.toHaveBeenCalled()
})

test('f and a digit flag at once, and a refusal takes the flag back', async () => {
  let answer: (response: Response) => void = () => undefined
  const asked: unknown[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push([new URL(request.url).pathname, await request.json()])
    return new Promise<Response>((resolve) => (answer = resolve))
  })
  const client = show(orderRow({ allowed_actions: ['flag'] }), ['order.note'])
  const flag = () => client.getQueryData<{ items: OrderRow[] }>(['orders', 'list', {}])?.items[0]?.flag
  press('f', '3')
  expect(flag()).toBe(3)
  await waitFor(() => expect(asked).toEqual([['/api/v1/orders/1/flag', { flag: 3 }]]))
  answer(Response.json({ code: 'order.not_found', detail: 'no' }, { status: 404, headers: { 'content-type': 'application/problem+json' } }))
  await waitFor(() => expect(flag()).toBe(0))
})
