import { expect, test, vi } from 'vitest'
import { ApiError } from '@/lib/api/errors'
import { Outbox } from './outbox'
import type { Hand } from './walk'

const hand = (n: number): Hand => ({ sku_id: '1', do: 'pick', quantity: n, position: 0 })
const gone = () => new ApiError({ status: 0, code: 'web.offline', detail: 'offline' })

function memory(first: string | null = null) {
  let text = first
  return { read: () => text, write: (t: string | null) => void (text = t) }
}

test('hands are told in the order they were done', async () => {
  const heard: number[] = []
  const box = new Outbox(memory(), async (h) => void heard.push(h.quantity), () => undefined)
  box.add(hand(1))
  box.add(hand(2))
  await vi.waitFor(() => expect(box.list()).toEqual([]))
  expect(heard).toEqual([1, 2])
})

test('what the server did not hear is kept, and sent again under its key', async () => {
  const store = memory()
  const keys: string[] = []
  const down = new Outbox(store, async (_, key) => { keys.push(key); throw gone() }, () => undefined, 1_000_000)
  down.add(hand(3))
  await vi.waitFor(() => expect(down.offline).toBe(true))
  down.stop()
  // The page is opened again later.
  const sent: Hand[] = []
  const up = new Outbox(store, async (_, key) => void keys.push(key), (h) => sent.push(h))
  await up.flush()
  expect(keys[1]).toBe(keys[0])
  expect(sent).toEqual([hand(3)])
  expect(store.read()).toBeNull()
})

test('a refused hand stays with its reason and does not stop the next', async () => {
  const box = new Outbox(memory(), async (h) => { if (h.quantity === 9) throw new ApiError({ status: 409, code: 'wave.too_much', detail: 'more than is wanted' }) }, () => undefined)
  box.add(hand(9))
  box.add(hand(1))
  await vi.waitFor(() => expect(box.list().map((t) => t.refused)).toEqual(['more than is wanted']))
  expect(box.offline).toBe(false)
  box.drop(box.list()[0]?.key ?? '')
  expect(box.list()).toEqual([])
})

test('unreadable leftovers are no reason to fail', () => {
  expect(new Outbox(memory('{]'), async () => undefined, () => undefined).list()).toEqual([])
  expect(new Outbox(memory('[1]'), async () => undefined, () => undefined).list()).toEqual([])
})
