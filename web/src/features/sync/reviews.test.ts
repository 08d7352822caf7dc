import { describe, expect, it } from 'vitest'
import type { ChannelReview, Effect } from '@/lib/api/contract'
import { rangeOf, replyOf, shows } from './Reviews'

const review = (change: Partial<ChannelReview> = {}): ChannelReview => ({ no: 'R1', order_no: 'A1', line_no: '', item_no: '', score: 5, text: '很好', reply: '', created_at: null, ...change })

describe('reviews', () => {
  it('asks for whole minutes, the days back from the next one', () => {
    expect(rangeOf(7, Date.UTC(2026, 10, 21, 12, 0, 30))).toEqual({ from: '2026-11-14T12:01:00.000Z', to: '2026-11-21T12:01:00.000Z' })
  })

  it('calls three stars bad, and no score neither good nor bad', () => {
    expect([5, 4, 3, 1, 0].map((score) => shows('bad', review({ score })))).toEqual([false, false, true, true, false])
    expect(shows('unanswered', review({ reply: '谢谢' }))).toBe(false)
    expect(shows('all', review({ score: 0, reply: '谢谢' }))).toBe(true)
  })

  it('shows an answer that is on its way, and offers another after a refusal', () => {
    const told = [{ channel_no: 'R1', state: 'waiting' }] as Effect[]
    expect(replyOf(review(), told)?.state).toBe('waiting')
    expect(replyOf(review({ no: 'R2' }), told)).toBeUndefined()
    expect(replyOf(review(), [{ channel_no: 'R1', state: 'refused' }] as Effect[])).toBeUndefined()
    expect(replyOf(review({ reply: '谢谢' }), told)).toBeUndefined()
  })
})
