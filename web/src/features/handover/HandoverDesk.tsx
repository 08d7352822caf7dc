import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { apiUrl } from '@/lib/api/client'
import { formatFullTime } from '@/lib/format'
import { Band } from '@/ui/Band'
import { Page, Panel } from '@/ui/Page'
import { ScanBox } from '@/ui/ScanBox'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { CloseDialog } from './CloseDialog'
import css from './handover.module.css'
import { useHandover } from './useHandover'

/** Scanning a carrier's parcels into the courier's hands. */
export function HandoverDesk({ id, onBack }: { id: string; onBack: () => void }) {
  const { t } = useTranslation()
  const { found, handover, gone, open, carrier, lines, shown, error, scan, closed } = useHandover(id)
  const [closing, setClosing] = useState(false)
  return (
    <Page
      title={t('handover.desk_title', { carrier })}
      hint={handover ? t('handover.desk_hint', { by: handover.by_name, at: formatFullTime(handover.opened_at) }) : undefined}
      actions={
        <>
          <Button onClick={onBack}>{t('handover.back')}</Button>
          {open ? (
            <Link to="/handover/$id" params={{ id }} className={css.link}>
              {t('handover.by_hand')}
            </Link>
          ) : null}
          {handover && handover.parcels > 0 ? (
            <Button href={apiUrl(`/handovers/${id}/list.pdf`)} target="_blank" rel="noopener">
              {t('handover.pdf')}
            </Button>
          ) : null}
          {open && handover ? (
            <Button type="primary" disabled={handover.parcels === 0} onClick={() => setClosing(true)}>
              {t('handover.close', { count: handover.parcels })}
            </Button>
          ) : null}
        </>
      }
    >
      {found.error ? <ErrorBox error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton rows={4} /> : null}
      {gone ? <Empty title={t('handover.not_there')} /> : null}
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
          carrier={carrier}
          onDone={(h) => {
            closed(h)
            setClosing(false)
          }}
          onClose={() => setClosing(false)}
        />
      ) : null}
    </Page>
  )
}
