import type { Agent } from './queries'

/** A station that has not been heard of this long is off: it asks for work every few seconds. */
const SILENT_MS = 90_000

/** Whether a print station is there. */
export function isOnline(agent: Pick<Agent, 'state' | 'seen_at'>, now: number): boolean {
  return agent.state === 'active' && agent.seen_at !== null && now - Date.parse(agent.seen_at) < SILENT_MS
}
