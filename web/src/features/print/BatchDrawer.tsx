import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { usePersonName } from '@/lib/person'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Drawer } from '@/ui/Drawer'
import { ErrorBox, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { BATCH_TONE, counted, LABEL_TONE, repeatable } from './labels'
import { HandOverDialog } from './HandOverDialog'
import css from './print.module.css'
import { agentsQuery, batchQuery, type BatchDetail } from './queries'
import { ReprintDialog } from './ReprintDialog'
import { TellButtons } from './TellButtons'
import { useCarrierName } from './useCarrierName'

interface BatchDrawerProps {
  id: string
  onOpen: (id: string) => void
  onClose: () => void
}

/** A batch: every label, what became of it, and what a person can do about it. */
export function BatchDrawer({ id, onOpen, onClose }: BatchDrawerProps) {
  const { t } = useTranslation()
  const query = useQuery(batchQuery(id))
  const title = query.data ? t('print.batch', { code: query.data.code }) : t('print.batch_title')
  return (
    <Drawer label={title} title={title} onClose={onClose} width={820}>
      <QueryState query={query}>{(batch) => <Body batch={batch} onOpen={onOpen} />}</QueryState>
    </Drawer>
  )
}

function Body({ batch, onOpen }: { batch: BatchDetail; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const person = usePersonName()
  const can = useCan()
  const carrier = useCarrierName().name
  const agent = useQuery(agentsQuery).data?.find((a) => a.id === batch.agent_id)
  const [asking, setAsking] = useState<'reprint' | 'hand_over' | null>(null)
  const stop = useAction({
    run: (id: string, key) => api.post('/print/batches/{id}/stop', undefined, { path: { id }, key }),
    invalidates: [['print']],
  })
  const waiting = batch.labels.filter((l) => l.state === 'asked' || l.state === 'wanted').length
  return (
    <div className={css.detail}>
      <p>
        <Tag tone={BATCH_TONE[batch.state]}>{t(`print.batch_state.${batch.state}`)}</Tag> {carrier(batch.carrier)} · {isId(batch.agent_id) ? `${agent?.name ?? ''} \u203a ${batch.printer}` : t('print.as_file')} · {person(batch.actor_name)} <Time at={batch.created_at} />
      </p>
      {batch.ships ? <p>{t('print.ships_hint')}</p> : null}
      {isId(batch.reprint_of_id) ? (
        <p>
          <button type="button" className={css.link} onClick={() => onOpen(batch.reprint_of_id)}>
            {t('print.reprint_of')}
          </button>{' '}
          {batch.reason}
        </p>
      ) : batch.reason ? (
        <p>{t('print.reprint_because', { reason: batch.reason })}</p>
      ) : null}
      <p className={css.muted}>{counted(t, batch.labels)}</p>
      <TellButtons batch={batch} />
      {can('packing.print') ? (
        <div className={css.buttons}>
          {batch.labels.some(repeatable) ? (
            <Button size="small" onClick={() => setAsking('reprint')}>
              {t('print.reprint_range')}
            </Button>
          ) : null}
          {batch.state === 'ready' && isId(batch.agent_id) ? (
            <Button size="small" onClick={() => setAsking('hand_over')}>
              {t('print.hand_over')}
            </Button>
          ) : null}
          {batch.state !== 'closed' && waiting > 0 ? (
            <Button size="small" danger loading={stop.isPending} onClick={() => stop.mutate(batch.id)}>
              {t('print.stop_n', { count: waiting, n: groupDigits(waiting) })}
            </Button>
          ) : null}
        </div>
      ) : null}
      {stop.error ? <ErrorBox error={stop.error} /> : null}
      <Labels batch={batch} />
      <section aria-label={t('print.summary')}>
        <h3>{t('print.summary')}</h3>
        <DataTable
          label={t('print.summary')}
          rows={batch.summary}
          rowKey={(it) => `${it.code} ${it.name} ${it.spec}`}
          columns={[
            { key: 'code', title: t('print.sku'), render: (it) => <code>{it.code}</code> },
            { key: 'name', title: t('print.goods'), render: (it) => `${it.name} ${it.spec}` },
            { key: 'n', title: t('print.quantity'), align: 'right', render: (it) => <b>{groupDigits(it.quantity)}</b> },
          ]}
        />
      </section>
      {asking === 'reprint' ? (
        <ReprintDialog
          batch={batch}
          onClose={() => setAsking(null)}
          onStarted={(id) => {
            setAsking(null)
            if (id) onOpen(id)
          }}
        />
      ) : null}
      {asking === 'hand_over' ? <HandOverDialog batch={batch} onClose={() => setAsking(null)} /> : null}
    </div>
  )
}

function Labels({ batch }: { batch: BatchDetail }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('print.labels_title')}
      rows={batch.labels}
      rowKey={(l) => l.sequence}
      rowTone={(l) => (l.state === 'refused' || l.state === 'failed' || l.ship_error ? 'bad' : l.state === 'uncertain' ? 'warn' : undefined)}
      columns={[
        { key: 'no', title: t('print.sequence'), align: 'right', render: (l) => l.sequence },
        {
          key: 'waybill',
          title: t('print.waybill_no'),
          render: (l) => (
            <>
              {l.waybill_no} {l.piece > 1 ? t('print.piece', { n: l.piece }) : ''} {l.copy > 1 ? <Tag tone="amber">{t('print.copy', { n: l.copy - 1 })}</Tag> : null}
            </>
          ),
        },
        { key: 'goods', title: t('print.goods'), render: (l) => l.items.map((it) => `${it.code || it.name}\u00d7${it.quantity}`).join(', ') },
        {
          key: 'state',
          title: t('print.state_title'),
          render: (l) => (
            <>
              <Tag tone={LABEL_TONE[l.state]}>{t(`print.label_state.${l.state}`)}</Tag>
              {l.shipped_at ? <Tag tone="green">{t('print.shipped')}</Tag> : null}
              {l.error ? <p className={css.bad}>{l.error.message}</p> : null}
              {l.ship_error ? <p className={css.bad}>{t('print.not_shipped', { why: l.ship_error.message })}</p> : null}
              {l.missing ? <p className={css.warn}>{t('print.missing', { characters: l.missing })}</p> : null}
            </>
          ),
        },
        { key: 'at', title: t('print.at'), render: (l) => <Time at={l.ended_at} /> },
      ]}
    />
  )
}
