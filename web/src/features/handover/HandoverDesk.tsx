import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api, apiUrl } from '@/lib/api/client'
import type { Handover, HandoverScan } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'
import { newKey } from '@/lib/api/key'
import { formatFullTime } from '@/lib/format'
import { carriersQuery, nameOf } from '@/lib/lookups'
import { beep, speak } from '@/lib/sound'
import { Band, type BandTone } from '@/ui/Band'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { ScanBox } from '@/ui/ScanBox'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import css from './handover.module.css'

interface Line {
  id: number
  at: number
  code: string
  tone: BandTone
  title: string
}

interface Shown {
  tone: BandTone
  title: string
  detail: string
}

/** Scanning a carrier's parcels into the courier's hands. */
export function HandoverDesk({ id, onBack }: { id: string; onBack: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  // There is no address of one handover: it is among the latest.
  const found = useQuery({
    queryKey: ['handovers', 'one', id],
    queryFn: ({ signal }) => api.get('/handovers', { query: { limit: 200 }, signal }).then((l) => l.items.find((h) => h.id === id) ?? null),
  })
  const [moved, setMoved] = useState<Handover | null>(null)
  const [lines, setLines] = useState<Line[]>([])
  const [error, setError] = useState<unknown>(null)
  const [shown, setShown] = useState<Shown>({ tone: 'idle', title: t('handover.scan_first'), detail: t('handover.scan_detail') })
  const [closing, setClosing] = useState(false)
  const live = useRef({ queue: [] as { code: string; key: string }[], lost: null as { code: string; key: string } | null, busy: false, n: 0 })
  const carriers = useQuery(carriersQuery).data
  const handover = moved ?? found.data
  const carrier = carriers?.find((c) => c.code === handover?.carrier)
  const carrierName = carrier ? nameOf(carrier) : (handover?.carrier ?? '')

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
  const open = handover?.state === 'open'
  return (
    <Page
      title={t('handover.desk_title', { carrier: carrierName })}
      hint={handover ? t('handover.desk_hint', { by: handover.by_name, at: formatFullTime(handover.opened_at) }) : undefined}
      actions={
        <>
          <Button onClick={onBack}>{t('handover.back')}</Button>
          {handover && handover.parcels > 0 ? (
            <Button href={apiUrl(`/handovers/${id}/list.pdf`)} target="_blank" rel="noopener">
              {t('handover.pdf')}
            </Button>
          ) : null}
          {open ? (
            <Button type="primary" disabled={handover.parcels === 0} onClick={() => setClosing(true)}>
              {t('handover.close', { count: handover.parcels })}
            </Button>
          ) : null}
        </>
      }
    >
      {found.error ? <ErrorBox error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton rows={4} /> : null}
      {found.data === null && !moved ? <Empty title={t('handover.not_there')} /> : null}
      {open ? <ScanBox label={t('handover.scan')} onScan={scan} screenKeyboard={!matchMedia('(pointer: coarse)').matches} /> : null}
      {handover ? (
        <Band tone={open ? shown.tone : 'done'} title={open ? shown.title : t('handover.closed')} detail={open ? shown.detail : ''}>
          <b>{handover.parcels}</b>
          <span>{t('handover.parcels')}</span>
        </Band>
      ) : null}
      {error ? <ErrorBox error={error} /> : null}
      {handover ? (
        <Panel title={t('handover.last_scans')}>
          {lines.length === 0 ? <p className={css.muted}>{t('handover.no_scans')}</p> : null}
          <ol className={css.lines}>
            {lines.map((l) => (
              <li key={l.id} data-tone={l.tone}>
                <time>{formatFullTime(l.at).slice(11)}</time>
                <code>{l.code}</code>
                <span>{l.title}</span>
              </li>
            ))}
          </ol>
        </Panel>
      ) : null}
      {closing && handover ? (
        <CloseDialog
          handover={handover}
          carrier={carrierName}
          onDone={(h) => {
            setMoved(h)
            setClosing(false)
            void client.invalidateQueries({ queryKey: ['handovers'] })
          }}
          onClose={() => setClosing(false)}
        />
      ) : null}
    </Page>
  )
}

function CloseDialog({ handover, carrier, onDone, onClose }: { handover: Handover; carrier: string; onDone: (h: Handover) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const close = useAction({ run: (_: null, key) => api.post('/handovers/{id}/close', undefined, { path: { id: handover.id }, key }), onSuccess: onDone })
  return (
    <FormDialog title={t('handover.close_title', { carrier })} action={t('handover.close', { count: handover.parcels })} valid saving={close.isPending} error={close.error} onSave={() => close.mutate(null)} onClose={onClose}>
      <p>{t('handover.close_text', { count: handover.parcels, carrier })}</p>
    </FormDialog>
  )
}
