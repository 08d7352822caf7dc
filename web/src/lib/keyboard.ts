import { useEffect, useRef } from 'react'

/**
 * Keyboard commands by name of the keys: "j", "Shift+x", "Ctrl+k", "g o" (one after the other).
 * They rest while someone types in a field, composes Chinese with an input
 * method or has a modal dialog open; those marked `inFields` work there too.
 */
export interface KeyBinding {
  keys: string
  run: (event: KeyboardEvent) => void
  /** Works in input fields too (Ctrl+k, Escape). */
  inFields?: boolean
}

interface Scope {
  bindings: () => KeyBinding[]
}

const SEQUENCE_MS = 900
const scopes: Scope[] = []
let pending = ''
let pendingAt = 0

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key
  const ctrl = event.ctrlKey || event.metaKey ? 'Ctrl+' : ''
  // "?" already needs Shift on most layouts, so Shift is named for letters and named keys only.
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key)) ? 'Shift+' : ''
  return `${ctrl}${shift}${key}`
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.isComposing || event.keyCode === 229 || event.altKey || event.defaultPrevented) return
  const name = nameOf(event)
  const field = isField(event.target)
  const sequence = Date.now() - pendingAt < SEQUENCE_MS && pending !== '' ? `${pending} ${name}` : ''
  pending = ''
  // An open drop-down or a focused button owns Enter and Space.
  const onControl = event.target instanceof HTMLElement && event.target.closest('button,a,[role="menuitem"],[role="option"],[role="combobox"]') !== null
  if (onControl && (name === 'Enter' || name === 'Space')) return
  // What lies under a modal dialog does not hear the keys.
  const quiet = field || document.querySelector('[aria-modal="true"]') !== null
  // "g h" is one command everywhere, even where "h" alone is another.
  const binding = (sequence && find(sequence, quiet)) || find(name, quiet)
  if (binding) {
    event.preventDefault()
    binding.run(event)
  } else if (!quiet && scopes.some((s) => s.bindings().some((b) => b.keys.startsWith(`${name} `)))) {
    pending = name
    pendingAt = Date.now()
  }
}

/** The command of the keys in the scope mounted last that has one. */
function find(keys: string, quiet: boolean): KeyBinding | undefined {
  for (const scope of scopes.toReversed()) {
    for (const binding of scope.bindings()) if (binding.keys === keys && (binding.inFields || !quiet)) return binding
  }
  return undefined
}

/** Binds keys while the component is mounted and `enabled`; the scope mounted last wins. */
export function useKeys(bindings: KeyBinding[], enabled = true): void {
  const latest = useRef(bindings)
  useEffect(() => {
    latest.current = bindings
  })
  useEffect(() => {
    if (!enabled) return
    const scope: Scope = { bindings: () => latest.current }
    if (scopes.length === 0) document.addEventListener('keydown', onKeyDown)
    scopes.push(scope)
    return () => {
      scopes.splice(scopes.indexOf(scope), 1)
      if (scopes.length === 0) document.removeEventListener('keydown', onKeyDown)
    }
  }, [enabled])
}
