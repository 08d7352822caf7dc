import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { VerifyAnswer, VerifySession } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'
import { newKey } from '@/lib/api/key'
import { readPref, writePref } from '@/lib/prefs'
import { parseGrams } from '@/lib/scan'
import { beep, speak } from '@/lib/sound'
import { bandOf, counted, guess, type Band } from './band'

export interface LogLine {
  id: number
  at: number
  code: string
  tone: Band['tone']
  title: string
}

interface Work {
  code: string
  /** Sent again under it while nobody knows whether the server counted. */
  key: string
  /** What was shown and heard before the server answered. */
  heard: Band['tone'] | null
}

export interface Bench {
  session: VerifySession | null
  band: Band
  log: LogLine[]
  /** What the last answer said, for the buttons that go on from it. */
  last: VerifyAnswer | null
  error: unknown
  /** Grams that were sent last. */
  weighed: number | null
  scan: (code: string) => void
  /** Takes an answer that came another way: force, weigh, ship. */
  take: (answer: VerifyAnswer, code: string) => void
  /** The parcel was put aside or left. */
  clear: (title: string) => void
  fail: (error: unknown) => void
}

const LOG = 12

/**
 * One bench: scans are sent one after the other in the order in which they were made, and shown at
 * once as far as the opened parcel tells what they are. An answer that was lost leaves the scan with
 * its key: scanning the same code again cannot count it twice.
 */
export function useBench(bench: string, weighing: boolean, onShipped?: (pieces: number) => void): Bench {
  const { t } = useTranslation()
  const idle: Band = { tone: 'idle', title: t('verify.idle'), detail: t('verify.idle_detail'), say: '' }
  const [session, setSession] = useState<VerifySession | null>(null)
  const [shown, setShown] = useState<VerifySession | null>(null)
  const [band, setBand] = useState<Band>(idle)
  const [log, setLog] = useState<LogLine[]>([])
  const [last, setLast] = useState<VerifyAnswer | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [weighed, setWeighed] = useState<number | null>(null)
  const live = useRef({ session, shown, queue: [] as Work[], busy: false, lost: null as Work | null, line: 0, gram: null as number | null })

  const write = useCallback((next: VerifySession | null) => {
    live.current.session = next
    live.current.shown = next
    setSession(next)
    setShown(next)
    writePref(`bench.session.${bench}`, next?.state === 'open' ? next.id : '')
  }, [bench])
  const note = useCallback((code: string, b: Band) => {
    const line = { id: ++live.current.line, at: Date.now(), code, tone: b.tone, title: b.title }
    setLog((all) => [line, ...all].slice(0, LOG))
  }, [])
  const say = useCallback((b: Band, heard: boolean) => {
    // A right answer does not cover what was scanned after it.
    if (!heard || live.current.queue.length === 0) setBand(b)
    if (!heard) beep(b.tone === 'bad' ? 'bad' : 'good')
    if (b.say) speak(b.say)
  }, [])

  const fail = useCallback(
    (cause: unknown, code = '') => {
      const known = cause instanceof ApiError ? cause : null
      const lost = known?.outcomeUnknown ?? true
      const title = lost ? t('verify.no_answer') : code && known?.code === 'verify.unknown_number' ? t('verify.verdict.unknown') : (known?.detail ?? t('common.unexpected'))
      const detail = lost ? t('verify.no_answer_detail') : title === known?.detail ? code : (known?.detail ?? '')
      const b: Band = { tone: 'bad', title, detail, say: known?.code === 'verify.unknown_number' ? t('verify.say.unknown') : '' }
      setError(cause)
      say(b, false)
      if (code) note(code, b)
      // What the server counts is not what was guessed.
      live.current.shown = live.current.session
      setShown(live.current.session)
      if (live.current.session?.state !== 'open' || known?.code === 'verify.lock_lost' || known?.code === 'verify.session_not_found') write(null)
    },
    [note, say, t, write],
  )

  const take = useCallback(
    (answer: VerifyAnswer, code: string, heard: Band['tone'] | null = null) => {
      const had = live.current.session
      const b = bandOf(t, answer, code, live.current.gram)
      setLast(answer)
      setError(null)
      // What the orders say comes once, when the parcel is opened.
      const next = answer.session && { ...answer.session, orders: answer.session.orders.length > 0 ? answer.session.orders : (had?.orders ?? []), items: withCodes(answer.session, had) }
      if (next) {
        write(next)
        // What waits to be sent stays counted.
        for (const { code: later } of live.current.queue) {
          const now = live.current.shown
          const g = now && guess(now, later)
          if (now && g?.verdict === 'counted') live.current.shown = counted(now, g.item)
        }
        setShown(live.current.shown)
      } else if (had?.state !== 'open') write(null) // a parcel that left is not the one that is refused
      say(b, heard === b.tone)
      note(code, b)
      if (answer.verdict === 'shipped') onShipped?.(answer.session?.done ?? 0)
    },
    [note, onShipped, say, t, write],
  )

  const pump = useCallback(async () => {
    const l = live.current
    if (l.busy) return
    l.busy = true
    for (let work = l.queue.shift(); work; work = l.queue.shift()) {
      const { code, key } = work
      const open = l.session?.state === 'open' ? l.session : null
      const gram = open && (open.next === 'weight' || weighing) ? parseGrams(code) : null
      if (gram !== null) {
        l.gram = gram
        setWeighed(gram)
      }
      try {
        const answer = await send(bench, open, code, gram, key)
        l.lost = null
        take(answer, code, work.heard)
      } catch (cause) {
        l.lost = cause instanceof ApiError && !cause.outcomeUnknown ? null : work
        // What was scanned after it was meant for a parcel that may be another one.
        l.queue.length = 0
        fail(cause, code)
      }
    }
    l.busy = false
  }, [bench, fail, take, weighing])

  const scan = useCallback(
    (raw: string) => {
      const l = live.current
      const code = raw.trim()
      const key = l.lost?.code === code ? l.lost.key : newKey()
      let heard: Work['heard'] = null
      const before = l.shown
      const now = before?.state === 'open' ? guess(before, code) : null
      if (before && now) {
        // Shown before the server answers; its answer corrects it.
        const after = now.verdict === 'counted' ? counted(before, now.item) : before
        const item = after.items.find((i) => i.line_id === now.item.line_id && i.sku_id === now.item.sku_id) ?? now.item
        l.shown = after
        setShown(after)
        const b = bandOf(t, { verdict: now.verdict, session: after, item, refusal: null }, code)
        heard = b.tone
        setBand({ ...b, say: '', pending: true })
        beep(b.tone === 'bad' ? 'bad' : 'good')
      } else setBand({ tone: 'wait', title: code, detail: t('verify.asking'), say: '', pending: true })
      l.queue.push({ code, key, heard })
      void pump()
    },
    [pump, t],
  )

  // A page that was opened anew goes on with what this bench had.
  useEffect(() => {
    const had = readPref(`bench.session.${bench}`)
    if (!had || live.current.session) return
    let gone = false
    api.get('/verify-sessions/{id}', { path: { id: had } }).then(
      (found) => {
        if (gone || live.current.session || found.state !== 'open' || found.bench !== bench) return
        write(found)
        setBand(bandOf(t, { verdict: 'resumed', session: found, item: null, refusal: null }, ''))
      },
      () => writePref(`bench.session.${bench}`, ''),
    )
    return () => {
      gone = true
    }
  }, [bench, t, write])

  const clear = useCallback(
    (title: string) => {
      write(null)
      setLast(null)
      setError(null)
      setBand({ tone: 'idle', title, detail: t('verify.idle_detail'), say: '' })
    },
    [t, write],
  )
  return { session: shown, band, log, last, error, weighed, scan, take, clear, fail }
}

/** Later answers name the pieces without the codes they are known by. */
function withCodes(now: VerifySession, had: VerifySession | null): VerifySession['items'] {
  return now.items.map((i) => (i.codes.length > 0 ? i : { ...i, codes: had?.items.find((h) => h.line_id === i.line_id && h.sku_id === i.sku_id)?.codes ?? [] }))
}

function send(bench: string, open: VerifySession | null, code: string, gram: number | null, key: string): Promise<VerifyAnswer> {
  if (!open) return api.post('/verify-sessions', { bench, code }, { key })
  const path = { id: open.id }
  if (gram !== null && gram > 0) return api.post('/verify-sessions/{id}/weight', { bench, gram }, { path, key })
  // Whoever weighs goes on with the next parcel by its number.
  if (open.next === 'weight') return api.post('/verify-sessions', { bench, code }, { key })
  return api.post('/verify-sessions/{id}/scans', { bench, code }, { path, key })
}
