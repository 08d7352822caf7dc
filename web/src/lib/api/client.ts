import createClient, { type Middleware } from 'openapi-fetch'
import i18next from 'i18next'
import { currentLanguage } from '../i18n'
import { ApiError, OFFLINE, toApiError, UNREADABLE } from './errors'
import { newKey } from './key'

type Query = Record<string, unknown>

export interface CallOptions {
  /** Values of the {placeholders} in the path. */
  path?: Record<string, string>
  query?: object
  signal?: AbortSignal
}

export interface WriteOptions extends CallOptions {
  /** Sent instead of a fresh key when the same intent is tried again. */
  key?: string
}

const SIGNED_OUT = 'ordercove:signed-out'

/** Calls back whenever the server says that the session is over. */
export function onSignedOut(run: () => void): () => void {
  window.addEventListener(SIGNED_OUT, run)
  return () => window.removeEventListener(SIGNED_OUT, run)
}

const language: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', currentLanguage())
    return request
  },
}

// The operations are typed by the callers below; openapi-fetch carries them.
const http = createClient<Record<string, never>>({
  baseUrl: `${globalThis.location?.origin ?? ''}/api/v1`,
  credentials: 'same-origin',
  // Looked up per call, not once at load.
  fetch: (request) => globalThis.fetch(request),
  querySerializer: { array: { style: 'form', explode: true } },
})
http.use(language)

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete'
type Untyped = (method: Method, path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>

async function call<T>(method: Method, path: string, options: WriteOptions & { body?: unknown }): Promise<T> {
  const headers: Record<string, string> = {}
  if (method !== 'get') headers['Idempotency-Key'] = options.key ?? newKey()
  const raw = options.body instanceof Blob || options.body instanceof FormData
  if (options.body instanceof Blob) headers['Content-Type'] = options.body.type || 'application/octet-stream'
  let result: Awaited<ReturnType<Untyped>>
  try {
    result = await (http.request as unknown as Untyped)(method, path, {
      params: { path: options.path, query: withoutEmpty(options.query) },
      body: options.body,
      bodySerializer: raw ? (body: unknown) => body : undefined,
      headers,
      signal: options.signal,
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    if (cause instanceof SyntaxError) throw new ApiError({ status: 500, code: UNREADABLE, detail: i18next.t('common.unreadable_answer') })
    throw new ApiError({ status: 0, code: OFFLINE, detail: i18next.t('common.offline') })
  }
  if (result.response.ok) return result.data as T
  if (result.response.status === 401) window.dispatchEvent(new Event(SIGNED_OUT))
  throw toApiError(result.response, result.error)
}

/** Drops what was left empty, so that a URL names only the filters in force. */
function withoutEmpty(query: object | undefined): Query | undefined {
  if (!query) return undefined
  return Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && v.length === 0)))
}

/** The API of the server, below /api/v1. Every call rejects with an ApiError when the server refuses. */
export const api = {
  get: <T>(path: string, options: CallOptions = {}): Promise<T> => call<T>('get', path, options),
  post: <T>(path: string, body?: unknown, options: WriteOptions = {}): Promise<T> => call<T>('post', path, { ...options, body }),
  patch: <T>(path: string, body?: unknown, options: WriteOptions = {}): Promise<T> => call<T>('patch', path, { ...options, body }),
  put: <T>(path: string, body?: unknown, options: WriteOptions = {}): Promise<T> => call<T>('put', path, { ...options, body }),
  delete: <T>(path: string, options: WriteOptions = {}): Promise<T> => call<T>('delete', path, options),
}

/** The address of an endpoint, for downloads and plain links. */
export function apiUrl(path: string): string {
  return `/api/v1${path}`
}
