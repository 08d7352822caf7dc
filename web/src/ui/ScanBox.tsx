import { ScanOutlined } from '@ant-design/icons'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { typed } from '@/lib/scan'
import css from './ScanBox.module.css'

interface ScanBoxProps {
  /** Its name, read aloud; the placeholder unless there is one. */
  label: string
  placeholder?: string
  onScan: (code: string) => void
  /** Beside the field: the camera, the keyboard of a hand-held. */
  extra?: ReactNode
  /** Hand-helds show their screen keyboard only when it is asked for. */
  screenKeyboard?: boolean
}

function otherField(target: EventTarget | null, own: HTMLInputElement | null): boolean {
  if (!(target instanceof HTMLElement) || target === own) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

/**
 * The one field of a bench. Whatever a scanner types on the page lands here, wherever the focus is,
 * unless somebody fills in another field or a dialog is open; an input method in between changes nothing.
 */
export function ScanBox({ label, placeholder, onScan, extra, screenKeyboard }: ScanBoxProps) {
  const field = useRef<HTMLInputElement>(null)
  const text = useRef('')
  const byKeys = useRef(false)
  const scanned = useRef(onScan)
  const [shown, setShown] = useState('')
  useEffect(() => {
    scanned.current = onScan
  })
  const put = useCallback((next: string) => {
    text.current = next
    setShown(next)
  }, [])
  useEffect(() => {
    const dialog = () => document.querySelector('[aria-modal="true"]') !== null
    const focus = () => field.current?.focus({ preventScroll: true })
    const onKeyDown = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.altKey || e.metaKey || dialog() || otherField(e.target, field.current)) return
      const own = e.target === field.current
      if (e.key === 'Escape' && text.current !== '') {
        e.preventDefault()
        e.stopPropagation()
        return put('')
      }
      const what = typed(e)
      byKeys.current = what !== ''
      if (what === '') return
      if (what === 'Enter') {
        // A button that has the focus is pressed by Enter only while nothing was scanned.
        if (text.current === '' && !own) return
        e.preventDefault()
        e.stopPropagation()
        const code = text.current.trim()
        put('')
        focus()
        if (code !== '') scanned.current(code)
        return
      }
      if (what === ' ' && text.current === '') return
      if (what === 'Backspace' && own && field.current && field.current.selectionStart !== field.current.selectionEnd) put('')
      else put(what === 'Backspace' ? text.current.slice(0, -1) : `${text.current}${what}`.slice(0, 200))
      e.preventDefault()
      e.stopPropagation()
      focus()
    }
    // A click anywhere leaves the field ready for the next scan.
    const onClick = () =>
      setTimeout(() => {
        if (!dialog() && !otherField(document.activeElement, field.current)) focus()
      })
    window.addEventListener('keydown', onKeyDown, true)
    window.addEventListener('click', onClick)
    focus()
    // A dialog that closes gives the focus back to nobody.
    const watch = new MutationObserver(() => {
      if (document.activeElement === document.body && !dialog()) focus()
    })
    watch.observe(document.body, { childList: true })
    return () => {
      window.removeEventListener('keydown', onKeyDown, true)
      window.removeEventListener('click', onClick)
      watch.disconnect()
    }
  }, [put])
  return (
    <div className={css.box}>
      <ScanOutlined className={css.icon} aria-hidden />
      <input
        ref={field}
        data-scan
        value={shown}
        aria-label={label}
        placeholder={placeholder ?? label}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="done"
        inputMode={screenKeyboard === false ? 'none' : undefined}
        // What an input method makes of keys that were read already is dropped; a hand-held without keys types here.
        onChange={(e) => {
          if (byKeys.current) setShown(text.current)
          else put(e.target.value)
        }}
        onPaste={(e) => {
          e.preventDefault()
          const pasted = e.clipboardData.getData('text').trim().split(/[\r\n]/)[0] ?? ''
          put(`${text.current}${pasted}`.slice(0, 200))
        }}
      />
      {extra}
    </div>
  )
}
