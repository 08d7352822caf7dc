import { word } from '@/lib/search'

export const ALLOCATION_TABS = ['rules', 'sites', 'preview'] as const
export const SCOPES = ['unallocated', 'open'] as const
export const OUTCOMES = ['whole', 'split', 'part', 'waiting', 'unchanged', 'skipped'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface AllocationSearch {
  tab?: (typeof ALLOCATION_TABS)[number]
  scope?: (typeof SCOPES)[number]
  show?: Outcome
}

/** Reads the page's part of the URL; what it does not know falls back to the rules. */
export function readAllocationSearch(raw: Record<string, unknown>): AllocationSearch {
  return { tab: word(raw.tab, ALLOCATION_TABS), scope: word(raw.scope, SCOPES), show: word(raw.show, OUTCOMES) }
}
