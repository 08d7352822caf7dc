import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { ApiError } from '@/lib/api/errors'
import { newKey } from '@/lib/api/key'
import type { Hand } from './walk'

/** A hand that waits to be told to the server, under the key by which the server knows it again. */
export interface Told {
  key: string
  hand: Hand
  /** Why the server refused it, "" while it waits. */
  refused: string
}

interface Store {
  read: () => string | null
  write: (text: string | null) => void
}

type Send = (hand: Hand, key: string) => Promise<void>

/**
 * The hands of one person in one wave that the server has not heard of. They are
 * kept in the browser, sent one after the other in the order of the walk, and
 * sent again under the same key where the answer was lost: nothing counts twice.
 * A refused one stays until somebody has read why.
 */
export class Outbox {
  private all: Told[]
  private sending = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly listeners = new Set<() => void>()
  offline = false

  constructor(
    private readonly store: Store,
    private readonly send: Send,
    private readonly onSent: (hand: Hand) => void,
    private readonly again = 4000,
  ) {
    this.all = parse(store.read())
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  list = (): Told[] => this.all

  add(hand: Hand): void {
    this.put([...this.all, { key: newKey(), hand, refused: '' }])
    void this.flush()
  }

  drop(key: string): void {
    this.put(this.all.filter((t) => t.key !== key))
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** Tells the server what waits, until nothing does or it cannot be reached. */
  async flush(): Promise<void> {
    if (this.sending) return
    this.sending = true
    this.stop()
    try {
      for (let next = this.next(); next; next = this.next()) {
        const { key, hand } = next
        try {
          await this.send(hand, key)
          this.setOffline(false)
          this.onSent(hand)
          this.drop(key)
        } catch (error) {
          if (!(error instanceof ApiError) || error.outcomeUnknown || error.status === 401 || error.status === 429) {
            this.setOffline(true)
            this.timer = setTimeout(() => void this.flush(), this.again)
            return
          }
          this.setOffline(false)
          this.put(this.all.map((t) => (t.key === key ? { ...t, refused: error.detail } : t)))
        }
      }
    } finally {
      this.sending = false
    }
  }

  private next(): Told | undefined {
    return this.all.find((t) => t.refused === '')
  }

  private setOffline(offline: boolean): void {
    if (this.offline === offline) return
    this.offline = offline
    this.put([...this.all])
  }

  private put(all: Told[]): void {
    this.all = all
    this.store.write(all.length > 0 ? JSON.stringify(all) : null)
    for (const listener of this.listeners) listener()
  }
}

function parse(text: string | null): Told[] {
  try {
    const all: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(all) ? all.filter((t): t is Told => typeof t === 'object' && t !== null && 'key' in t && 'hand' in t) : []
  } catch {
    return []
  }
}

function kept(name: string): Store {
  return {
    read: () => {
      try {
        return localStorage.getItem(name)
      } catch {
        return null
      }
    },
    write: (text) => {
      try {
        if (text === null) localStorage.removeItem(name)
        else localStorage.setItem(name, text)
      } catch {
        // A private window keeps them for the visit only.
      }
    },
  }
}

/** The outbox of a wave and a person; it sends while the page is open and once the network is back. */
export function useOutbox(wave: string, me: string, send: Send, onSent: (hand: Hand) => void): { box: Outbox; told: Told[]; offline: boolean } {
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- send and onSent belong to the wave
  const box = useMemo(() => new Outbox(kept(`ordercove.picks.${me}.${wave}`), send, onSent), [wave, me])
  const told = useSyncExternalStore(box.subscribe, box.list)
  useEffect(() => {
    const flush = () => void box.flush()
    flush()
    window.addEventListener('online', flush)
    return () => {
      window.removeEventListener('online', flush)
      box.stop()
    }
  }, [box])
  return { box, told, offline: box.offline }
}
