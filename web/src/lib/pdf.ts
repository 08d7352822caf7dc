import { apiUrl } from './api/client'
import { ApiError, OFFLINE, toApiError } from './api/errors'
import { currentLanguage } from './i18n'
import i18next from 'i18next'

/**
 * Opens a PDF of the server in a new tab. The tab is opened first, while the click still
 * counts as one, and closed again when the server refuses; then the refusal is thrown.
 */
export async function openPdf(path: string, body?: unknown): Promise<void> {
  const tab = window.open('', '_blank')
  try {
    const url = URL.createObjectURL(await fetchPdf(path, body))
    if (tab) tab.location.href = url
    else window.location.assign(url)
    // The tab has it by then.
    setTimeout(() => URL.revokeObjectURL(url), 10 * 60_000)
  } catch (error) {
    tab?.close()
    throw error
  }
}

/** Asks the server for a PDF; a body makes it a POST. */
export async function fetchPdf(path: string, body?: unknown, signal?: AbortSignal): Promise<Blob> {
  let response: Response
  try {
    response = await fetch(apiUrl(path), {
      method: body === undefined ? 'GET' : 'POST',
      credentials: 'same-origin',
      signal,
      headers: { 'Accept-Language': currentLanguage(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError({ status: 0, code: OFFLINE, detail: i18next.t('common.offline') })
  }
  if (!response.ok) throw toApiError(response, await response.json().catch(() => null))
  return new Blob([await response.arrayBuffer()], { type: 'application/pdf' })
}
