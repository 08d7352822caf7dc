import type { OrderRow } from '@/lib/api/contract'
import { useKeys } from '@/lib/keyboard'
import { FLAG_KEYS, KEY } from '@/lib/keymap'
import { useFlag } from './flag'
import { useOffers } from './rights'

interface OrderKeys {
  onShip: (order: OrderRow) => void
  onNote: (order: OrderRow) => void
}

/** The commands of one order by keyboard: s ships, r writes the note, f with a digit flags. What the order or the role does not allow does nothing. */
export function useOrderKeys(current: () => OrderRow | undefined, { onShip, onNote }: OrderKeys): void {
  const offers = useOffers()
  const flag = useFlag()
  const on = (action: string, run: (order: OrderRow) => void) => () => {
    const order = current()
    if (order && offers(order, action)) run(order)
  }
  useKeys([
    { keys: KEY.ship, run: on('ship', onShip) },
    { keys: KEY.note, run: on('note', onNote) },
    ...FLAG_KEYS.map((f) => ({ keys: f.keys, run: on('flag', (order) => flag(order, f.flag)) })),
  ])
}
