import { useSyncExternalStore } from 'react'

// Preferences of this browser (density, language). Private windows may refuse storage; then they last for the visit.
const memory = new Map<string, string>()
const listeners = new Set<() => void>()

export function readPref(name: string): string | null {
  try {
    return localStorage.getItem(`ordercove.${name}`) ?? memory.get(name) ?? null
  } catch {
    return memory.get(name) ?? null
  }
}

export function writePref(name: string, value: string): void {
  memory.set(name, value)
  try {
    localStorage.setItem(`ordercove.${name}`, value)
  } catch {
    // Kept in memory above.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** One remembered preference and its setter. */
export function usePref<T extends string>(name: string, fallback: T, allowed: readonly T[]): [T, (value: T) => void] {
  const raw = useSyncExternalStore(subscribe, () => readPref(name))
  const value = allowed.find((a) => a === raw) ?? fallback
  return [value, (next) => writePref(name, next)]
}
