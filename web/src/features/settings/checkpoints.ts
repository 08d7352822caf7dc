import type { AuditCheckpoint } from '@/lib/api/contract'

const TEXTS = ['hash', 'merchant_id', 'public_key', 'signature'] as const
const NUMBERS = ['at', 'seq'] as const

/** The checkpoints in a kept file, one or a list of them; null when it holds anything else. */
export function readCheckpoints(text: string): AuditCheckpoint[] | null {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return null
  }
  const list: unknown[] = Array.isArray(data) ? data : [data]
  return list.length > 0 && list.every(isCheckpoint) ? list.map(bare) : null
}

function isCheckpoint(value: unknown): value is AuditCheckpoint {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Record<string, unknown>
  return TEXTS.every((name) => typeof fields[name] === 'string') && NUMBERS.every((name) => Number.isSafeInteger(fields[name]))
}

/** Only what the server asks for: it refuses fields that it does not know. */
function bare({ at, hash, merchant_id, public_key, seq, signature }: AuditCheckpoint): AuditCheckpoint {
  return { at, hash, merchant_id, public_key, seq, signature }
}
