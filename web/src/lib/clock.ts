import { useSyncExternalStore } from 'react'

/** How often every deadline on screen is read again, in milliseconds. */
export const TICK_MS = 30_000

// One clock for all: fifty timers of fifty rows would repaint at fifty different moments.
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function tick() {
  now = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    now = Date.now()
    timer = setInterval(tick, TICK_MS)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The shared clock, milliseconds since 1970; renders again at each tick. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
