import { Connection, NotGiven } from './connection'
import { components, isComponentKind, type ComponentKind, type ComponentPrinter, type ComponentTask, type Outcome } from './dialects'

export { NotGiven } from './connection'
export { components, isComponentKind, type ComponentKind, type ComponentPrinter, type ComponentTask, type Outcome, type OutcomeState } from './dialects'

/**
 * How this page stands to a component. `barred`: browsers let only pages over https or of this
 * machine speak to programs on it, so a page over plain http cannot, whatever runs there.
 */
export type ComponentState = { state: 'open'; printers: ComponentPrinter[] } | { state: 'closed' } | { state: 'silent' } | { state: 'barred' }

/** Whether this page may speak to programs on its machine at all. */
export function mayReachComponents(): boolean {
  return window.isSecureContext && typeof WebSocket === 'function'
}

/** How long a component may take to name its printers, and to print a label, in milliseconds. */
const ANSWER_MS = 8000
const PRINT_MS = 90_000

const connections = new Map<ComponentKind, Promise<Connection>>()
const lateEars = new Set<(task: string, outcome: Outcome) => void>()

/** Hears of labels whose answer came after they were given up as uncertain. */
export function onLateOutcome(run: (task: string, outcome: Outcome) => void): () => void {
  lateEars.add(run)
  return () => lateEars.delete(run)
}

async function connection(kind: ComponentKind): Promise<Connection> {
  const standing = connections.get(kind)
  if (standing) {
    const there = await standing.catch(() => null)
    if (there && !there.isEnded) return there
    if (connections.get(kind) === standing) connections.delete(kind)
  }
  const other = connections.get(kind)
  if (other) return other
  const fresh = Connection.open(components[kind], (task, outcome) => {
    for (const run of lateEars) run(task, outcome)
  })
  connections.set(kind, fresh)
  fresh.catch(() => {
    if (connections.get(kind) === fresh) connections.delete(kind)
  })
  return fresh
}

/** Looks for a channel's component on this machine. */
export async function componentState(kind: ComponentKind): Promise<ComponentState> {
  if (!mayReachComponents()) return { state: 'barred' }
  try {
    const printers = await (await connection(kind)).printers(ANSWER_MS)
    return printers ? { state: 'open', printers } : { state: 'silent' }
  } catch {
    return { state: 'closed' }
  }
}

/** A printer gets its next label when the last has its answer, so that no two mix on its paper. */
const queues = new Map<string, Promise<unknown>>()

/**
 * Prints one label on a component of this machine. Ask the server for leave just before (`may`),
 * when the printer is free: it throws where the label may not be printed, and nothing is.
 * Throws NotGiven where no printer can have the label. Otherwise the outcome is what the component
 * said; uncertain means that a person looks at the paper.
 */
export function printByComponent(kind: ComponentKind, task: ComponentTask, options: { may?: () => Promise<void>; waitMs?: number } = {}): Promise<Outcome> {
  if (!mayReachComponents()) return Promise.reject(new NotGiven('closed'))
  const queue = `${kind}/${task.printer}`
  const before = queues.get(queue) ?? Promise.resolve()
  const mine = before.then(async () => {
    const to = await connection(kind)
    await options.may?.()
    return to.print(task, options.waitMs ?? PRINT_MS)
  })
  const settled = mine.catch(() => undefined)
  queues.set(queue, settled)
  void settled.then(() => {
    if (queues.get(queue) === settled) queues.delete(queue)
  })
  return mine
}

/** Prints a label of whatever channel, as far as its component is known. */
export function printInBrowser(task: ComponentTask & { channel: string }, options?: { may?: () => Promise<void>; waitMs?: number }): Promise<Outcome> {
  const { channel, ...label } = task
  return isComponentKind(channel) ? printByComponent(channel, label, options) : Promise.reject(new NotGiven('closed'))
}

/** Ends every connection; the next label opens a new one. */
export function closeComponents(): void {
  for (const one of connections.values()) void one.then((c) => c.close()).catch(() => undefined)
  connections.clear()
}
