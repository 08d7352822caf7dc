// This browser as a print station: it takes labels from the server's queue as the print agent does, and
// prints them on the components of its machine. It keeps no journal: what it had when the page ended the
// server finds out by itself, and a person looks at the paper.
import { useSyncExternalStore } from 'react'
import { apiUrl } from '../api/client'
import { toApiError, ApiError, OFFLINE } from '../api/errors'
import { newKey } from '../api/key'
import type { components as schema } from '@/api/schema'
import { readPref, writePref } from '../prefs'
import { areaTemplates } from './area'
import { components, componentState, isComponentKind, mayReachComponents, onLateOutcome, printInBrowser, type ComponentKind, type Outcome } from './index'

type Task = schema['schemas']['PrintTask']
type Ref = schema['schemas']['PrintTaskRef']

interface Pairing {
  name: string
  key: string
}

/** What the station is doing: `elsewhere` while another page of this browser does it. */
export type StationState = { is: 'off' } | { is: 'elsewhere' | 'working' | 'revoked'; name: string; printing: number } | { is: 'troubled'; name: string; printing: number; error: unknown }

const PREF = 'station'
const POLL_MS = 2000
/** How many labels are taken at once: a lease lasts two minutes. */
const AT_ONCE = 5
const BAD_KEY = 'print.bad_agent_key'

let state: StationState = { is: 'off' }
const listeners = new Set<() => void>()

function become(next: StationState): void {
  state = next
  for (const listener of listeners) listener()
}

/** The state of this browser's station, live. */
export function useStation(): StationState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}

function pairing(): Pairing | null {
  try {
    const kept: unknown = JSON.parse(readPref(PREF) ?? 'null')
    return typeof kept === 'object' && kept !== null && 'key' in kept && 'name' in kept ? { key: String(kept.key), name: String(kept.name) } : null
  } catch {
    return null
  }
}

/** The agents' door is open to no session, so it is not the page's usual client that goes through it. */
async function call<T>(path: string, body: unknown, key?: string): Promise<T> {
  let response: Response
  try {
    const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Idempotency-Key': newKey() }
    if (key) headers['X-Agent-Key'] = key
    response = await fetch(apiUrl(`/print/agent${path}`), { method: 'POST', credentials: 'omit', headers, body: JSON.stringify(body) })
  } catch {
    throw new ApiError({ status: 0, code: OFFLINE, detail: '' })
  }
  const text = await response.text()
  const answer: unknown = text === '' ? undefined : JSON.parse(text)
  if (!response.ok) throw toApiError(response, answer)
  return answer as T
}

/** Exchanges a station's one-time code for its key, which stays in this browser, and begins to work. Returns its number. */
export async function pairStation(code: string, printers: string[] = []): Promise<string> {
  const got = await call<schema['schemas']['PrintAgentPaired']>('/pair', { code, printers })
  writePref(PREF, JSON.stringify({ name: got.name, key: got.key } satisfies Pairing))
  startStation()
  return got.agent_id
}

/** Ends the station in this browser. The server keeps it until somebody revokes it there. */
export function leaveStation(): void {
  stop?.abort()
  writePref(PREF, 'null')
  become({ is: 'off' })
}

let stop: AbortController | null = null

/** Works as the station that this browser is, if it is one and no other page of it does so already. */
export function startStation(): void {
  const mine = pairing()
  if (!mine || !mayReachComponents() || (stop && !stop.signal.aborted)) return
  const ending = new AbortController()
  stop = ending
  become({ is: 'elsewhere', name: mine.name, printing: 0 })
  navigator.locks
    .request('ordercove-station', { signal: ending.signal }, () => work(mine, ending.signal))
    .catch(() => undefined)
    .finally(() => {
      if (stop === ending) stop = null
    })
}

const sleep = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** The components of this machine, as they were found, and all their printers. */
async function look(): Promise<{ found: { channel: string; open: boolean }[]; printers: string[] }> {
  const kinds = Object.keys(components) as ComponentKind[]
  const states = await Promise.all(kinds.map(componentState))
  const names = states.flatMap((s) => (s.state === 'open' ? s.printers.map((p) => p.name) : []))
  return { found: kinds.map((channel, i) => ({ channel, open: states[i]?.state === 'open' })), printers: [...new Set(names)].sort().slice(0, 50) }
}

const LOOK_MS = 20_000

async function work(mine: Pairing, signal: AbortSignal): Promise<void> {
  const lost = new Map<string, Ref>()
  const off = onLateOutcome((task, outcome) => {
    const ref = lost.get(task)
    if (ref && lost.delete(task)) void tell(mine, ref, outcome, signal)
  })
  let seen = await look()
  let lookedAt = performance.now()
  while (!signal.aborted) {
    try {
      if (performance.now() - lookedAt > LOOK_MS) {
        seen = await look()
        lookedAt = performance.now()
      }
      const page = await call<{ items: Task[] }>('/tasks', { limit: AT_ONCE, printers: seen.printers, components: seen.found }, mine.key)
      if (!signal.aborted) become({ is: 'working', name: mine.name, printing: page.items.length })
      await Promise.all(page.items.map((task) => one(mine, task, lost, signal)))
      if (page.items.length > 0) continue
    } catch (error) {
      if (signal.aborted) break
      if (error instanceof ApiError && error.code === BAD_KEY) {
        become({ is: 'revoked', name: mine.name, printing: 0 })
        break
      }
      become({ is: 'troubled', name: mine.name, printing: 0, error })
    }
    await sleep(POLL_MS, signal)
  }
  off()
}

/** Prints one label, provided that the server still lets it. */
async function one(mine: Pairing, task: Task, lost: Map<string, Ref>, signal: AbortSignal): Promise<void> {
  const ref: Ref = { batch_id: task.batch_id, sequence: task.sequence, attempt: task.attempt }
  const id = `oc-${ref.batch_id}-${ref.sequence}-${ref.attempt}`
  let asked = false
  const may = async () => {
    if (signal.aborted) throw new Error('the station ends')
    asked = true
    await call('/tasks/sending', ref, mine.key)
    lost.set(id, ref)
  }
  try {
    if (!task.channel || !isComponentKind(task.channel)) {
      await may() // a page cannot print a file unseen: another station shall
      await tell(mine, ref, { state: 'failed', reason: 'no_program' }, signal)
      return
    }
    const outcome = await printInBrowser(
      { channel: task.channel, id, waybillNo: task.waybill_no, printer: task.printer, data: task.data ?? '', signature: task.signature, template: task.template, params: task.params, custom: task.custom, customTemplate: areaTemplates()[task.channel] },
      { may },
    )
    if (outcome.state !== 'uncertain') lost.delete(id)
    await tell(mine, ref, outcome, signal)
  } catch (error) {
    // Nothing was given to a printer. Where the server may have said yes, it hears that.
    const refused = error instanceof ApiError && !error.outcomeUnknown
    lost.delete(id)
    if (asked && !refused) await tell(mine, ref, { state: 'failed', reason: 'not_printed' }, signal)
  }
}

/** Brings an outcome to the server, as often as it takes while the page lives. */
async function tell(mine: Pairing, ref: Ref, outcome: Outcome, signal: AbortSignal): Promise<void> {
  for (let pause = 1000; ; pause = Math.min(2 * pause, 30_000)) {
    try {
      await call('/tasks/outcome', { task: ref, outcome: outcome.state, code: outcome.reason }, mine.key)
      return
    } catch (error) {
      if (!(error instanceof ApiError) || !error.outcomeUnknown) return
    }
    await sleep(pause, signal)
    if (signal.aborted) return
  }
}
