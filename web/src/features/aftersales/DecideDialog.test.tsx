import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Aftersale } from '@/lib/api/contract'
import { loadTexts } from '@/lib/i18n'
import { DecideDialog } from './DecideDialog'

type Refusal = Aftersale['refusal']

function show(refusal: Refusal, part: Partial<Aftersale> = {}) {
  const one = { id: '7', case_no: 'S1', case_version: '1', kind: 'refund', state: 'requested', parcel: 'shipped', refund_fen: 5000, advice: 'person', refusal, ...part } as Aftersale
  render(
    <QueryClientProvider client={new QueryClient()}>
      <DecideDialog one={one} approve={false} onClose={() => undefined} />
    </QueryClientProvider>,
  )
  fireEvent.change(screen.getByLabelText('拒绝原因'), { target: { value: '已发货' } })
}

const refuse = () => screen.getByRole('button', { name: /拒绝/ }) as HTMLButtonElement

afterEach(() => vi.unstubAllGlobals())

test('what the channel asks of a refusal is confirmed first, and sent', async () => {
  await loadTexts()
  const sent: unknown[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(await request.json())
    return Response.json({})
  })
  show({ back_office: false, only_shipped: false, proofs: [{ kind: 'picture', need: 'by_reason', required: true }, { kind: 'video', need: 'optional', required: false }] })
  expect(refuse().disabled).toBe(true)
  fireEvent.click(screen.getByRole('checkbox', { name: /视频凭证/ }))
  expect(refuse().disabled).toBe(true)
  fireEvent.click(screen.getByRole('checkbox', { name: /图片凭证/ }))
  expect(refuse().disabled).toBe(false)
  fireEvent.click(refuse())
  await vi.waitFor(() => expect(sent).toEqual([{ case_version: '1', approve: false, reason: '已发货', proofs: ['video', 'picture'] }]))
})

test('what the channel takes from nobody here is said, and not offered', async () => {
  await loadTexts()
  show({ back_office: true, only_shipped: false, proofs: [] })
  expect(screen.getByText(/到平台后台拒绝/)).toBeTruthy()
  expect(refuse().disabled).toBe(true)
})

test('a refund of what has not left is not refused where the channel forbids it', async () => {
  await loadTexts()
  show({ back_office: false, only_shipped: true, proofs: [] }, { parcel: 'not_shipped' })
  expect(screen.getByText(/货还没有发出/)).toBeTruthy()
  expect(refuse().disabled).toBe(true)
})
