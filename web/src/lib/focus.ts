const DIALOG = '[role="dialog"][aria-modal="true"]'
const FIELD = ':is(textarea, input:not([type="checkbox"], [type="radio"], [type="hidden"]))'

/** For a dialog that just opened: puts the cursor into its first field, instead of on the cross that closes it. */
export function focusFirstField(open: boolean): void {
  // The newest: a dialog may have opened another.
  const dialog = open ? [...document.querySelectorAll(DIALOG)].at(-1) : undefined
  // A field that asked for the cursor keeps it.
  if (dialog?.contains(document.activeElement) && document.activeElement?.matches(FIELD)) return
  dialog?.querySelector<HTMLElement>(FIELD)?.focus()
}

/** How far back is remembered: the place a dialog was opened from is seldom far. */
const REMEMBERED = 16

/**
 * Gives the focus back to where it was when a dialog goes, for whoever works by keyboard.
 * Our dialogs are taken away whole, so none of them can do it by itself. Returns the end of it.
 */
export function returnFocus(): () => void {
  let places: { place: HTMLElement | null; inDialog: boolean }[] = []
  const remember = (place: HTMLElement | null, by: EventTarget | null) => {
    places = [...places.slice(1 - REMEMBERED), { place, inDialog: by instanceof Element && by.closest(DIALOG) !== null }]
  }
  const into = (e: FocusEvent) => e.target instanceof HTMLElement && remember(e.target, e.target)
  // Nowhere is a place too: single keys work there, and would be typed into a field that had the focus long ago.
  const out = (e: FocusEvent) => e.relatedTarget === null && remember(null, e.target)
  const gone = new MutationObserver(() => {
    if (!places.at(-1)?.inDialog || document.activeElement !== document.body) return
    // At a bench the field for scans takes it.
    if (document.querySelector('[data-scan]')) return
    places.findLast((p) => !p.inDialog || p.place?.isConnected)?.place?.focus({ preventScroll: true })
  })
  document.addEventListener('focusin', into)
  document.addEventListener('focusout', out)
  // Dialogs stand beside the page, right below the body, in a box that goes with them.
  gone.observe(document.body, { childList: true })
  return () => {
    document.removeEventListener('focusin', into)
    document.removeEventListener('focusout', out)
    gone.disconnect()
  }
}
