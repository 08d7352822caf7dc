import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import { useAction } from './action'
import { ApiError } from './api/errors'

const lost = () => new ApiError({ status: 0, code: 'web.offline', detail: '' })
const refused = () => new ApiError({ status: 409, code: 'order.changed', detail: '' })

function setup(run: (input: string, key: string) => Promise<string>) {
  const client = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>
  return renderHook(() => useAction({ run }), { wrapper })
}

async function keysOf(outcomes: (() => Promise<string>)[], inputs: string[]): Promise<string[]> {
  const run = vi.fn(async (_input: string, _key: string) => (outcomes.shift() ?? (async () => 'ok'))())
  const { result } = setup(run)
  for (const input of inputs) await act(() => result.current.mutateAsync(input).catch(() => undefined))
  return run.mock.calls.map(([, key]) => key)
}

test('when the answer was lost, the same intent goes out under the same key', async () => {
  const [first, second] = await keysOf([() => Promise.reject(lost()), async () => 'ok'], ['ship', 'ship'])
  expect(second).toBe(first)
})

test('after a success or a definite refusal the next try is a new intent', async () => {
  const [a, b, c] = await keysOf([async () => 'ok', () => Promise.reject(refused()), async () => 'ok'], ['ship', 'ship', 'ship'])
  expect(new Set([a, b, c]).size).toBe(3)
})

test('another input never goes out under the key of a lost one', async () => {
  const [a, b] = await keysOf([() => Promise.reject(lost()), async () => 'ok'], ['ship 1', 'ship 2'])
  expect(b).not.toBe(a)
})
