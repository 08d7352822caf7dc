import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { SlaPill, slaLevel } from './SlaPill'

const HOUR = 3_600_000

test.each([
  [13 * HOUR, 'calm'],
  [12 * HOUR, 'soon'],
  [2 * HOUR + 1, 'soon'],
  [2 * HOUR, 'critical'],
  [0, 'critical'],
  [-1, 'overdue'],
])('%i ms before the deadline is %s', (left, level) => {
  expect(slaLevel(left)).toBe(level)
})

test('the pill says in words whether time is left or passed', () => {
  render(
    <>
      <SlaPill due={new Date(Date.now() + 42 * HOUR + 60_000).toISOString()} />
      <SlaPill due={new Date(Date.now() - 8 * HOUR - 41 * 60_000 - 1000).toISOString()} />
    </>,
  )
  expect(screen.getByText('剩 1天18小时')).toBeTruthy()
  expect(screen.getByText('已超时 8小时41分')).toBeTruthy()
})

test('an order without a deadline shows no clock', () => {
  const { container } = render(<SlaPill due={null} />)
  expect(container.textContent).toBe('')
})
