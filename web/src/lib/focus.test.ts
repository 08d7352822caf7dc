import { afterEach, expect, test, vi } from 'vitest'
import { focusFirstField, returnFocus } from './focus'

const put = (html: string): HTMLElement => {
  const box = document.createElement('div')
  box.innerHTML = html
  document.body.append(box)
  return box
}
const dialog = (id: string) => put(`<div role="dialog" aria-modal="true"><button id="x${id}">x</button><input id="${id}"><textarea id="t${id}"></textarea></div>`)
const focus = (id: string) => document.getElementById(id)?.focus()
const at = () => document.activeElement?.id

let end = () => {}
afterEach(() => {
  end()
  document.body.innerHTML = ''
})

test('a dialog that goes gives the focus back, one over another first to the one below', async () => {
  end = returnFocus()
  put('<button id="open">open</button>')
  focus('open')
  const one = dialog('one')
  focus('one')
  const two = dialog('two')
  focus('two')
  // As React does it: the dialog first, then its box.
  two.replaceChildren()
  two.remove()
  await vi.waitFor(() => expect(at()).toBe('one'))
  one.remove()
  await vi.waitFor(() => expect(at()).toBe('open'))
})

test('who has the focus already when a dialog goes keeps it', async () => {
  end = returnFocus()
  put('<button id="open">open</button><input id="scan">')
  focus('open')
  const one = dialog('one')
  focus('one')
  focus('scan')
  one.remove()
  await Promise.resolve()
  expect(at()).toBe('scan')
})

test('at a bench the field for scans takes the focus, not the button', async () => {
  end = returnFocus()
  put('<button id="open">open</button><input data-scan>')
  focus('open')
  const one = dialog('one')
  focus('one')
  one.remove()
  await Promise.resolve()
  expect(at()).not.toBe('open')
})

test('a dialog that was called by a key from nowhere gives the focus to nothing', async () => {
  end = returnFocus()
  put('<input id="search">')
  focus('search')
  document.getElementById('search')?.blur()
  const one = dialog('one')
  focus('one')
  one.remove()
  await Promise.resolve()
  expect(document.activeElement).toBe(document.body)
})

test('the cursor goes into the first field of the newest dialog, unless a field of it has the cursor', () => {
  dialog('one')
  dialog('two')
  focus('xtwo')
  focusFirstField(true)
  expect(at()).toBe('two')
  focus('ttwo')
  focusFirstField(true)
  expect(at()).toBe('ttwo')
})
