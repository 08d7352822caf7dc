import { fireEvent, render, screen, within } from '@testing-library/react'
import { useState } from 'react'
import { expect, test, vi } from 'vitest'
import { orderRow } from '@/test/orders'
import { OrderList, type Density } from './OrderList'

const rows = ['1', '2', '3', '4'].map((id) => orderRow({ id, channel_order_no: `A-000${id}` }))

interface ProbeProps {
  density?: Density
  onOpen?: (id: string) => void
  onStep?: (by: number) => void
}

function Probe({ density = 'card', onOpen = () => undefined, ...rest }: ProbeProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [cursor, setCursor] = useState<string | null>(null)
  return (
    <>
      <output>{[...selected].toSorted().join(',')}</output>
      <OrderList
        label="orders"
        rows={rows}
        density={density}
        selected={selected}
        onSelect={(ids, on) => setSelected((all) => new Set(on ? [...all, ...ids] : [...all].filter((id) => !ids.includes(id))))}
        cursor={cursor}
        onCursor={setCursor}
        onOpen={onOpen}
        {...rest}
        actions={() => null}
        empty="none"
      />
    </>
  )
}

const key = (name: string, shiftKey = false) => fireEvent.keyDown(document.body, { key: name, shiftKey })
const chosen = () => screen.getByRole('status').textContent

test.each(['card', 'compact'] as const)('j and k walk, x chooses, Enter opens in the %s density', (density) => {
  const onOpen = vi.fn()
  render(<Probe density={density} onOpen={onOpen} />)
  key('j')
  key('j')
  key('x')
  expect(chosen()).toBe('2')
  key('k')
  key('Enter')
  expect(onOpen).toHaveBeenCalledWith('1')
})

test('while an order is open beside the list, j and k step through the orders and leave the list where it is', () => {
  const onStep = vi.fn()
  render(<Probe onStep={onStep} />)
  key('j')
  key('k')
  key('x')
  expect(onStep.mock.calls).toEqual([[1], [-1]])
  expect(chosen()).toBe('')
})

test('Shift with x chooses everything from the last choice to here', () => {
  render(<Probe />)
  key('j')
  key('x')
  key('j')
  key('j')
  key('X', true)
  expect(chosen()).toBe('1,2,3')
})

test('a second x takes the order out again', () => {
  render(<Probe />)
  key('j')
  key('x')
  key('x')
  expect(chosen()).toBe('')
})

test('a click on a row opens it, a click on its check box only chooses it', () => {
  const onOpen = vi.fn()
  render(<Probe onOpen={onOpen} />)
  fireEvent.click(screen.getByLabelText('选择订单 A-0003'))
  expect(chosen()).toBe('3')
  expect(onOpen).not.toHaveBeenCalled()
  fireEvent.click(screen.getByText('A-0004'))
  expect(onOpen).toHaveBeenCalledWith('4')
})

test('more than one piece stands out and a quantity that no one knows says so', () => {
  render(
    <OrderList
      label="orders"
      rows={[orderRow(), orderRow({ id: '9', channel_order_no: 'A-0009', lines: orderRow().lines.map((l) => ({ ...l, quantity: 0, quantity_known: false })) })]}
      density="card"
      selected={new Set()}
      onSelect={() => undefined}
      cursor={null}
      onCursor={() => undefined}
      onOpen={() => undefined}
      actions={() => null}
      empty={null}
    />,
  )
  const table = screen.getByRole('table', { name: 'orders' })
  expect(within(table).getByText('×2').tagName).toBe('B')
  expect(within(table).getByText('数量未知')).toBeTruthy()
})
