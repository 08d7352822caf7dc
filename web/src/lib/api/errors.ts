/** One field that the server refused: where it stands in the request and why. */
export interface FieldProblem {
  location: string
  message: string
}

/**
 * A refusal of the server (RFC 9457 problem) or a failed connection.
 * `code` is the stable, dotted reason; `detail` is already in the reader's language.
 */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly requestId: string
  readonly fields: FieldProblem[]
  /** Seconds to wait before another try, 0 when the server named none. */
  readonly retryAfter: number

  constructor(init: { status: number; code: string; detail: string; requestId?: string; fields?: FieldProblem[]; retryAfter?: number }) {
    super(`${init.code}: ${init.detail}`)
    this.name = 'ApiError'
    this.status = init.status
    this.code = init.code
    this.detail = init.detail
    this.requestId = init.requestId ?? ''
    this.fields = init.fields ?? []
    this.retryAfter = init.retryAfter ?? 0
  }

  /** True when nobody knows whether the server acted: the same Idempotency-Key must be sent again. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500
  }
}

export const OFFLINE = 'web.offline'
export const UNREADABLE = 'web.unreadable_answer'

interface ProblemBody {
  title?: unknown
  detail?: unknown
  code?: unknown
  request_id?: unknown
  errors?: unknown
}

/** Turns an answer that is no success into an ApiError; a body that is no problem+json still gives one. */
export function toApiError(response: Response, body: unknown): ApiError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as ProblemBody
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const fields = Array.isArray(problem.errors)
    ? problem.errors.flatMap((e): FieldProblem[] =>
        typeof e === 'object' && e !== null ? [{ location: text((e as FieldProblem).location), message: text((e as FieldProblem).message) }] : [],
      )
    : []
  return new ApiError({
    status: response.status,
    code: text(problem.code) || UNREADABLE,
    detail: text(problem.detail) || text(problem.title) || `HTTP ${response.status}`,
    requestId: text(problem.request_id) || response.headers.get('X-Request-Id') || '',
    fields,
    retryAfter: Number(response.headers.get('Retry-After')) || 0,
  })
}
