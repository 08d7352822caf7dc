/** The ways to change stock by hand: goods came in, a difference is corrected, a count is taken over. */
export const HOW = ['receive', 'change', 'set_to'] as const
export type How = (typeof HOW)[number]

/** What would be on hand afterwards; null while no number is typed. */
export function afterAdjust(onHand: number, how: How, amount: number | null): number | null {
  if (amount === null) return null
  return how === 'set_to' ? amount : onHand + amount
}

/** "+1,200", "-3", and a dash where nothing changed: a minus before zero would be a riddle. */
export function signed(n: number, group: (n: number) => string): string {
  if (n === 0) return '\u2013'
  return n > 0 ? `+${group(n)}` : `-${group(-n)}`
}

/** The job behind a movement that no order caused, by the paper the server names; undefined for a person's own words. */
export function jobOf(reason: string): string | undefined {
  return /^job\/(\d+)$/.exec(reason)?.[1]
}
