import { expect, test, vi } from 'vitest'
import { copyText } from './clipboard'

test('without a secure context the text is copied through a hidden field', async () => {
  vi.stubGlobal('isSecureContext', false)
  let copied = ''
  document.execCommand = vi.fn(() => {
    copied = (document.querySelector('textarea') as HTMLTextAreaElement).value
    return true
  })
  expect(await copyText('A\nB')).toBe(true)
  expect(copied).toBe('A\nB')
  expect(document.querySelector('textarea')).toBeNull()
  vi.unstubAllGlobals()
})
