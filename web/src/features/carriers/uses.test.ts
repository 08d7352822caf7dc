import { describe, expect, it } from 'vitest'
import { csv, dayNumber, dayText, sums } from './uses'

describe('the use of waybills', () => {
  it('is summed by account and shop, the greatest first', () => {
    const use = (account_id: string, shop_id: string, day: number, issued: number, cancelled: number) => ({ account_id, shop_id, day, issued, cancelled })
    expect(sums([use('1', '7', 20261121, 3, 1), use('2', '7', 20261121, 9, 0), use('1', '7', 20261122, 4, 1)])).toEqual([
      { account_id: '2', shop_id: '7', issued: 9, cancelled: 0 },
      { account_id: '1', shop_id: '7', issued: 7, cancelled: 2 },
    ])
  })

  it('has days that come back', () => {
    expect(dayText(dayNumber('2026-11-02'))).toBe('2026-11-02')
  })

  it('is written so that a sheet neither breaks nor computes it', () => {
    expect(csv([['a,b', '=1+1', 3]])).toBe('\ufeff"a,b",\'=1+1,3\r\n')
  })
})
