import { useEffect, useSyncExternalStore } from 'react'
import { useQueryClient, type QueryKey } from '@tanstack/react-query'
import { apiUrl } from './api/client'

/** Which queries are stale after an event of the server, by the event's name up to its first dot. */
export type LiveMap = Record<string, QueryKey[]>

type State = 'connecting' | 'open' | 'broken'
let state: State = 'connecting'
const stateListeners = new Set<() => void>()

function setState(next: State): void {
  if (next === state) return
  state = next
  for (const listener of stateListeners) listener()
}

interface Message {
  kind: 'open' | 'error' | 'event'
  topic?: string
  data?: string
}

const topicAt = new Map<string, number>()

/** The kind of thing that changed: the event's own name, or the type its data names. */
function topicOf(message: Message): string {
  if (message.topic && message.topic !== 'message') return message.topic.split('.')[0] ?? ''
  try {
    const data: unknown = JSON.parse(message.data ?? '')
    return typeof data === 'object' && data !== null && 'type' in data ? String(data.type).split('.')[0] ?? '' : ''
  } catch {
    return ''
  }
}

/** Events come in bursts (an import of ten thousand orders); one refresh per moment is enough. */
const GATHER_MS = 1000

function connect(topics: string[], onMessage: (message: Message) => void): () => void {
  const url = new URL(apiUrl('/events/stream'), location.origin).href
  if (typeof SharedWorker === 'function') {
    const worker = new SharedWorker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name: 'ordercove-live' })
    const close = () => worker.port.postMessage({ kind: 'close' })
    worker.port.addEventListener('message', (event: MessageEvent<Message>) => onMessage(event.data))
    worker.port.start()
    worker.port.postMessage({ kind: 'open', url, topics })
    window.addEventListener('pagehide', close)
    return () => {
      window.removeEventListener('pagehide', close)
      close()
      worker.port.close()
    }
  }
  const source = new EventSource(url)
  source.addEventListener('open', () => onMessage({ kind: 'open' }))
  source.addEventListener('error', () => onMessage({ kind: 'error' }))
  const forward = (event: MessageEvent<string>) => onMessage({ kind: 'event', topic: event.type, data: event.data })
  for (const topic of ['message', ...topics]) source.addEventListener(topic, forward)
  return () => source.close()
}

/** Listens to the server while mounted and marks what changed as stale. One connection serves all tabs. */
export function useLive(map: LiveMap): void {
  const client = useQueryClient()
  useEffect(() => {
    const waiting = new Set<string>()
    const startedAt = Date.now()
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      timer = undefined
      const keys = [...waiting].flatMap((topic) => map[topic] ?? [])
      waiting.clear()
      for (const queryKey of keys) void client.invalidateQueries({ queryKey })
    }
    const stop = connect(Object.keys(map), (message) => {
      if (message.kind === 'error') return setState('broken')
      if (message.kind === 'open') {
        // What happened before the connection stood told no one: everything may be stale.
        if (state === 'broken' || Date.now() - startedAt > GATHER_MS) for (const topic of Object.keys(map)) waiting.add(topic)
        if (waiting.size > 0) timer ??= setTimeout(flush, GATHER_MS)
        return setState('open')
      }
      const topic = topicOf(message)
      topicAt.set(topic, Date.now())
      for (const listener of stateListeners) listener()
      if (!(topic in map)) return
      waiting.add(topic)
      timer ??= setTimeout(flush, GATHER_MS)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [client, map])
}

/** When the server last told of a change of this kind, 0 for never. */
export function useTopicAt(topic: string): number {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    () => topicAt.get(topic) ?? 0,
  )
}

/** Whether the live connection stands. */
export function useLiveState(): State {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    () => state,
  )
}
