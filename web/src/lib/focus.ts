/** For a dialog that just opened: puts the cursor into its first field, instead of on the cross that closes it. */
export function focusFirstField(open: boolean): void {
  if (!open) return
  document.querySelector<HTMLElement>('[role="dialog"][aria-modal="true"] :is(textarea, input:not([type="checkbox"], [type="radio"], [type="hidden"]))')?.focus()
}
