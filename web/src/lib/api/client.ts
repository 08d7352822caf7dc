import createClient, { type Middleware } from 'openapi-fetch'
import i18next from 'i18next'
import type { paths } from '@/api/schema'
import { currentLanguage } from '../i18n'
import type { Answer } from './answer'
import { ApiError, OFFLINE, toApiError, UNREADABLE } from './errors'
import { newKey } from './key'

type Query = Record<string, unknown>
type Method = 'get' | 'post' | 'patch' | 'put' | 'delete'

/** The paths of the server that take a method. */
export type PathOf<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths]

type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>
type Placeholders<O> = O extends { parameters: { path: infer T extends object } } ? T : never
type QueryOf<O> = O extends { parameters: { query?: infer T } } ? T : never
type Body<O> = O extends { requestBody?: { content: infer C } } ? (C extends { 'application/json': infer T } ? Partial<T> : FormData) : undefined
type Json<R> = R extends { content: { 'application/json': infer T } } ? Answer<NonNullable<T>> : undefined
type Good<R> = { [S in keyof R & (200 | 201 | 202 | 204)]: Json<R[S]> }[keyof R & (200 | 201 | 202 | 204)]
type Result<O> = O extends { responses: infer R } ? Good<R> : never

export interface CallOptions<O = unknown> {
  /** Values of the {placeholders} in the path. */
  path?: Placeholders<O>
  query?: QueryOf<O>
  signal?: AbortSignal
}

export interface WriteOptions<O = unknown> extends CallOptions<O> {
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

const http = createClient<paths>({
  baseUrl: `${globalThis.location?.origin ?? ''}/api/v1`,
  credentials: 'same-origin',
  // Looked up per call, not once at load.
  fetch: (request) => globalThis.fetch(request),
  querySerializer: { array: { style: 'form', explode: true } },
})
http.use(language)

type Untyped = (method: Method, path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>

interface Call {
  path?: object
  query?: object | null
  body?: unknown
  key?: string
  signal?: AbortSignal
}

async function call<T>(method: Method, path: string, options: Call): Promise<T> {
  const headers: Record<string, string> = {}
  if (method !== 'get') headers['Idempotency-Key'] = options.key ?? newKey()
  const raw = options.body instanceof FormData
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
function withoutEmpty(query: object | null | undefined): Query | undefined {
  if (!query) return undefined
  return Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && v.length === 0)))
}

/**
 * The API of the server, below /api/v1, typed by its description: paths, query
 * names, fields of bodies and answers. Every call rejects with an ApiError when
 * the server refuses.
 */
export const api = {
  get: <P extends PathOf<'get'>>(path: P, options: CallOptions<Operation<P, 'get'>> = {}): Promise<Result<Operation<P, 'get'>>> => call('get', path, options as Call),
  post: <P extends PathOf<'post'>>(path: P, body?: Body<Operation<P, 'post'>>, options: WriteOptions<Operation<P, 'post'>> = {}): Promise<Result<Operation<P, 'post'>>> => call('post', path, { ...(options as Call), body }),
  patch: <P extends PathOf<'patch'>>(path: P, body?: Body<Operation<P, 'patch'>>, options: WriteOptions<Operation<P, 'patch'>> = {}): Promise<Result<Operation<P, 'patch'>>> => call('patch', path, { ...(options as Call), body }),
  put: <P extends PathOf<'put'>>(path: P, body?: Body<Operation<P, 'put'>>, options: WriteOptions<Operation<P, 'put'>> = {}): Promise<Result<Operation<P, 'put'>>> => call('put', path, { ...(options as Call), body }),
  delete: <P extends PathOf<'delete'>>(path: P, options: WriteOptions<Operation<P, 'delete'>> = {}): Promise<Result<Operation<P, 'delete'>>> => call('delete', path, options as Call),
}

/** The address of an endpoint, for downloads and plain links. */
export function apiUrl(path: string): string {
  return `/api/v1${path}`
}
