import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Handover, HandoverScan } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'
import { newKey } from '@/lib/api/key'
import { carriersQuery, nameOf } from '@/lib/lookups'
import { beep, speak } from '@/lib/sound'
import type { BandTone } from '@/ui/Band'

export interface ScanLine {
  id: number
  at: number
  code: string
  tone: BandTone
  title: string
}

export interface Shown {
  tone: BandTone
  title: string
  detail: string
}

/** One handover while parcels are scanned into it, at a desk or by hand-held. */
export function useHandover(id: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  // There is no address of one handover: it is among the latest.
  const found = useQuery({
    queryKey: ['handovers', 'one', id],
    queryFn: ({ signal }) => api.get('/handovers', { query: { limit: 200 }, signal }).then((l) => l.items.find((h) => h.id === id) ?? null),
  })
  const [moved, setMoved] = useState<Handover | null>(null)
  const [lines, setLines] = useState<ScanLine[]>([])
  const [error, setError] = useState<unknown>(null)
  const [shown, setShown] = useState<Shown>({ tone: 'idle', title: t('handover.scan_first'), detail: t('handover.scan_detail') })
  const live = useRef({ queue: [] as { code: string; key: string }[], lost: null as { code: string; key: string } | null, busy: false, n: 0 })
  const carriers = useQuery(carriersQuery).data
  const handover = moved ?? found.data
  const nameOfCarrier = (code: string) => {
    const known = carriers?.find((c) => c.code === code)
    return known ? nameOf(known) : code
  }

  const show = (code: string, next: Shown) => {
    setShown(next)
    beep(next.tone === 'bad' ? 'bad' : 'good')
    const line = { id: ++live.current.n, at: Date.now(), code, tone: next.tone, title: next.title }
    setLines((all) => [line, ...all].slice(0, 50))
  }
  const answered = (code: string, a: HandoverScan) => {
    setMoved(a.handover)
    setError(null)
    show(code, { tone: a.verdict === 'handed' ? 'good' : 'bad', title: t(`handover.verdict.${a.verdict}`), detail: a.refusal?.message ?? a.waybill_no })
    if (a.verdict === 'stopped' || a.verdict === 'unknown') speak(t(`handover.say.${a.verdict}`))
    if (a.verdict === 'handed') void client.invalidateQueries({ queryKey: ['handovers', 'counts'] })
  }
  const pump = async () => {
    const l = live.current
    if (l.busy) return
    l.busy = true
    for (let work = l.queue.shift(); work; work = l.queue.shift()) {
      try {
        const a = await api.post('/handovers/{id}/scans', { code: work.code }, { path: { id }, key: work.key })
        l.lost = null
        answered(work.code, a)
      } catch (cause) {
        const known = cause instanceof ApiError ? cause : null
        const lost = known?.outcomeUnknown ?? true
        l.lost = lost ? work : null
        l.queue.length = 0
        setError(cause)
        show(work.code, lost ? { tone: 'bad', title: t('handover.no_answer'), detail: t('handover.no_answer_detail') } : { tone: 'bad', title: known?.detail ?? '', detail: work.code })
      }
    }
    l.busy = false
  }
  const scan = (code: string) => {
    const l = live.current
    setShown({ tone: 'wait', title: code, detail: t('handover.asking') })
    l.queue.push({ code, key: l.lost?.code === code ? l.lost.key : newKey() })
    void pump()
  }
  const closed = (h: Handover) => {
    setMoved(h)
    void client.invalidateQueries({ queryKey: ['handovers'] })
  }
  return { found, handover, gone: found.data === null && !moved, open: handover?.state === 'open', carrier: handover ? nameOfCarrier(handover.carrier) : '', nameOfCarrier, lines, shown, error, scan, closed }
}
