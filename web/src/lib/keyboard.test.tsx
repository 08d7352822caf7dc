import { fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { useKeys, type KeyBinding } from './keyboard'

function Probe({ bindings }: { bindings: KeyBinding[] }) {
  useKeys(bindings)
  return <input aria-label="field" />
}

test('a bound key runs its command', () => {
  const run = vi.fn()
  render(<Probe bindings={[{ keys: 'j', run }]} />)
  fireEvent.keyDown(document.body, { key: 'j' })
  expect(run).toHaveBeenCalledTimes(1)
})

test('keys rest while someone types in a field', () => {
  const run = vi.fn()
  render(<Probe bindings={[{ keys: 'j', run }]} />)
  fireEvent.keyDown(screen.getByLabelText('field'), { key: 'j' })
  expect(run).not.toHaveBeenCalled()
})

test('keys rest while an input method composes', () => {
  const run = vi.fn()
  render(<Probe bindings={[{ keys: 'j', run, inFields: true }]} />)
  fireEvent.keyDown(document.body, { key: 'j', isComposing: true })
  fireEvent.keyDown(document.body, { key: 'j', keyCode: 229 })
  expect(run).not.toHaveBeenCalled()
})

test('a command marked for fields works in a field', () => {
  const run = vi.fn()
  render(<Probe bindings={[{ keys: 'Ctrl+k', run, inFields: true }]} />)
  fireEvent.keyDown(screen.getByLabelText('field'), { key: 'k', ctrlKey: true })
  expect(run).toHaveBeenCalledTimes(1)
})

test('two keys one after the other make a sequence', () => {
  const go = vi.fn()
  const other = vi.fn()
  render(<Probe bindings={[{ keys: 'g o', run: go }, { keys: 'x', run: other }]} />)
  fireEvent.keyDown(document.body, { key: 'o' })
  expect(go).not.toHaveBeenCalled()
  fireEvent.keyDown(document.body, { key: 'g' })
  fireEvent.keyDown(document.body, { key: 'o' })
  expect(go).toHaveBeenCalledTimes(1)
  expect(other).not.toHaveBeenCalled()
})

test('the scope mounted last wins', () => {
  const below = vi.fn()
  const above = vi.fn()
  render(
    <>
      <Probe bindings={[{ keys: 'Escape', run: below }]} />
      <Probe bindings={[{ keys: 'Escape', run: above }]} />
    </>,
  )
  fireEvent.keyDown(document.body, { key: 'Escape' })
  expect(above).toHaveBeenCalledTimes(1)
  expect(below).not.toHaveBeenCalled()
})

test('a sequence wins over a single key of a scope mounted later', () => {
  const go = vi.fn()
  const hold = vi.fn()
  render(
    <>
      <Probe bindings={[{ keys: 'g h', run: go }]} />
      <Probe bindings={[{ keys: 'h', run: hold }]} />
    </>,
  )
  fireEvent.keyDown(document.body, { key: 'g' })
  fireEvent.keyDown(document.body, { key: 'h' })
  expect(go).toHaveBeenCalledTimes(1)
  expect(hold).not.toHaveBeenCalled()
  fireEvent.keyDown(document.body, { key: 'h' })
  expect(hold).toHaveBeenCalledTimes(1)
})

test('keys rest below a modal dialog', () => {
  const run = vi.fn()
  const close = vi.fn()
  render(
    <>
      <Probe bindings={[{ keys: 's', run }, { keys: 'Escape', run: close, inFields: true }]} />
      <div role="dialog" aria-modal="true" />
    </>,
  )
  fireEvent.keyDown(document.body, { key: 's' })
  fireEvent.keyDown(document.body, { key: 'Escape' })
  expect(run).not.toHaveBeenCalled()
  expect(close).toHaveBeenCalledTimes(1)
})
