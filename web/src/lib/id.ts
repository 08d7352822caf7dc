/** The server writes 0 where a row points at nothing. */
export function isId(id: string | null | undefined): id is string {
  return id != null && id !== '' && id !== '0'
}
