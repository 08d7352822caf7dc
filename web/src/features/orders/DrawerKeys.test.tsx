import { fireEvent, render } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { useKeys } from '@/lib/keyboard'
import { DrawerKeys } from './DrawerKeys'

const list = vi.fn()

function List() {
  useKeys([{ keys: 'j', run: list }])
  return null
}

test('the keys of a drawer that still loads do not move the list beneath', () => {
  const onStep = vi.fn()
  const onClose = vi.fn()
  render(
    <>
      <List />
      <DrawerKeys onStep={onStep} onClose={onClose} />
    </>,
  )
  for (const key of ['j', 'k', 'Escape']) fireEvent.keyDown(document.body, { key })
  expect(onStep.mock.calls).toEqual([[1], [-1]])
  expect(onClose).toHaveBeenCalledTimes(1)
  expect(list).not.toHaveBeenCalled()
})
