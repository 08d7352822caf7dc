/** A place by its divisions, the wide ones first; what is empty is left out. */
export function placeText(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' ')
}
