import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'

/** The drawer's keys. They hold from the moment it is asked for, also while it still loads: else they would move the list beneath. */
export function useDrawerKeys(onStep: (by: number) => void): void {
  useKeys([
    { keys: KEY.next, run: () => onStep(1) },
    { keys: KEY.previous, run: () => onStep(-1) },
  ])
}

/** Stands in for a drawer whose code is on its way. */
export function DrawerKeys({ onStep, onClose }: { onStep: (by: number) => void; onClose: () => void }) {
  useDrawerKeys(onStep)
  useKeys([{ keys: KEY.close, run: onClose }])
  return null
}
