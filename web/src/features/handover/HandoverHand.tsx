import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, apiUrl } from '@/lib/api/client'
import { formatFullTime, groupDigits } from '@/lib/format'
import { Band } from '@/ui/Band'
import { ScanBox } from '@/ui/ScanBox'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { useTitle } from '@/ui/title'
import { CloseDialog } from './CloseDialog'
import css from './hand.module.css'
import { useHandover } from './useHandover'

/** A handover by hand-held, beside the courier's van: scan, read, go on. */
export function HandoverHand({ id }: { id: string }) {
  const { t } = useTranslation()
  const { found, handover, gone, open, carrier, nameOfCarrier, lines, shown, error, scan, closed } = useHandover(id)
  const [closing, setClosing] = useState(false)
  const [keyboard, setKeyboard] = useState(false)
  useTitle(carrier ? t('handover.desk_title', { carrier }) : t('handover.title'))
  const counts = useQuery({
    queryKey: ['handovers', 'counts', handover?.warehouse_id],
    queryFn: ({ signal }) => api.get('/handover-waiting/counts', { query: { warehouse_id: handover?.warehouse_id ?? '' }, signal }).then((l) => l.items),
    enabled: open,
    refetchInterval: 60_000,
  }).data
  // Its own carrier stands there at zero too: nothing of it is left.
  const here = counts && handover && !counts.some((c) => c.carrier === handover.carrier) ? [{ carrier: handover.carrier, parcels: 0 }, ...counts] : counts
  return (
    <main className={css.page}>
      <header className={css.head}>
        <Link to="/handover" className={css.back}>
          {t('handover.back')}
        </Link>
        <h1>{carrier || t('handover.title')}</h1>
        {handover ? (
          <span className={css.count}>
            {groupDigits(handover.parcels)} <small>{t('handover.parcels')}</small>
          </span>
        ) : null}
      </header>
      {found.error ? <ErrorBox error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton rows={4} /> : null}
      {gone ? <Empty title={t('handover.not_there')} /> : null}
      {open ? (
        <ScanBox
          label={t('handover.scan')}
          onScan={scan}
          screenKeyboard={keyboard}
          extra={
            <button type="button" className={css.keys} aria-pressed={keyboard} onClick={() => setKeyboard(!keyboard)}>
              {t('handover.keyboard')}
            </button>
          }
        />
      ) : null}
      {handover ? <Band tone={open ? shown.tone : 'done'} title={open ? shown.title : t('handover.closed')} detail={open ? shown.detail : ''} /> : null}
      {error ? <ErrorBox error={error} /> : null}
      {open && here ? (
        <section aria-label={t('handover.still_here')}>
          <h2>{t('handover.still_here')}</h2>
          <ul className={css.carriers}>
            {here.map((c) => (
              <li key={c.carrier} aria-current={c.carrier === handover?.carrier || undefined}>
                {nameOfCarrier(c.carrier)} <b>{groupDigits(c.parcels)}</b>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {handover && open ? (
        <section aria-label={t('handover.last_scans')}>
          <h2>{t('handover.last_scans')}</h2>
          {lines.length === 0 ? <p className={css.muted}>{t('handover.no_scans')}</p> : null}
          <ol className={css.lines}>
            {lines.slice(0, 8).map((l) => (
              <li key={l.id} data-tone={l.tone}>
                <code>{l.code}</code>
                <span>
                  {l.title} <time>{formatFullTime(l.at).slice(11)}</time>
                </span>
              </li>
            ))}
          </ol>
        </section>
      ) : null}
      {handover ? (
        <footer className={css.foot}>
          {open ? (
            <Button type="primary" size="large" block disabled={handover.parcels === 0} onClick={() => setClosing(true)}>
              {t('handover.close', { count: handover.parcels })}
            </Button>
          ) : (
            <Button size="large" block href={apiUrl(`/handovers/${id}/list.pdf`)} target="_blank" rel="noopener" disabled={handover.parcels === 0}>
              {t('handover.pdf')}
            </Button>
          )}
        </footer>
      ) : null}
      {closing && handover ? (
        <CloseDialog
          handover={handover}
          carrier={carrier}
          onDone={(h) => {
            closed(h)
            setClosing(false)
          }}
          onClose={() => setClosing(false)}
        />
      ) : null}
    </main>
  )
}
