import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { VerifyHit } from '@/lib/api/contract'
import { useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import css from './handover.module.css'

/** Parcels with papers that must not leave, and where each of them is. */
export function Hits() {
  const { t } = useTranslation()
  const may = useCan()('packing.verify')
  const warehouses = useWarehouses()
  const [pulling, setPulling] = useState<VerifyHit | null>(null)
  const list = useInfiniteQuery({
    queryKey: ['hits', 'list'],
    queryFn: ({ pageParam, signal }) => api.get('/packing-hits', { query: { limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: 30_000,
  })
  const rows = list.data?.pages.flatMap((p) => p.items)
  return (
    <Page title={t('handover.hits')} hint={t('handover.hits_hint')}>
      <Panel flush>
        <QueryState query={{ ...list, data: rows }}>
          {(all) => (
            <DataTable
              label={t('handover.hits')}
              rows={all}
              rowKey={(h) => h.fulfillment_order_id}
              empty={<Empty title={t('handover.no_hits')} />}
              columns={[
                { key: 'where', title: t('handover.where'), render: (h) => <Where hit={h} /> },
                { key: 'no', title: t('handover.waybill_no'), render: (h) => h.waybill_no || '\u2013' },
                {
                  key: 'orders',
                  title: t('handover.order'),
                  render: (h) => (
                    <span className={css.stack}>
                      {h.order_nos.map((no) => (
                        <Link key={no} to="/orders" search={{ numbers: no }} className={css.link}>
                          {no}
                        </Link>
                      ))}
                    </span>
                  ),
                },
                { key: 'why', title: t('handover.why'), render: (h) => h.reason.message },
                { key: 'warehouse', title: t('handover.warehouse'), render: (h) => warehouses.find((w) => w.id === h.warehouse_id)?.name ?? '\u2013' },
                { key: 'since', title: t('handover.since'), render: (h) => <Time at={h.raised_at} /> },
                {
                  key: 'blocked',
                  title: t('handover.blocked'),
                  render: (h) =>
                    h.blocks > 0 ? (
                      <span className={css.stack}>
                        <span>{t('handover.blocked_times', { count: h.blocks, bench: h.bench || t('handover.title') })}</span>
                        <Time at={h.blocked_at} />
                      </span>
                    ) : (
                      '\u2013'
                    ),
                },
                {
                  key: 'act',
                  title: t('handover.act'),
                  align: 'right',
                  render: (h) =>
                    may ? (
                      <Button size="small" onClick={() => setPulling(h)}>
                        {t('handover.pull')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          )}
        </QueryState>
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {pulling ? <PullDialog hit={pulling} onClose={() => setPulling(null)} /> : null}
    </Page>
  )
}

/** The basket, the bench or the batch that has it. */
function Where({ hit }: { hit: VerifyHit }) {
  const { t } = useTranslation()
  const places = [
    ...(hit.awaits_courier ? [{ key: 'courier', tone: 'amber' as const, text: t('handover.awaits_courier') }] : []),
    ...(hit.bench ? [{ key: 'bench', tone: 'red' as const, text: t('handover.at_bench', { bench: hit.bench }) }] : []),
    ...(hit.wave ? [{ key: 'wave', tone: 'blue' as const, text: t('handover.in_basket', { wave: hit.wave, basket: hit.basket }) }] : []),
    ...(hit.batch ? [{ key: 'batch', tone: 'plain' as const, text: t('handover.in_batch', { batch: hit.batch, sequence: hit.sequence }) }] : []),
  ]
  if (places.length === 0) return <span className={css.muted}>{t('handover.nowhere')}</span>
  return (
    <span className={css.stack}>
      {places.map((p) => (
        <Tag key={p.key} tone={p.tone}>
          {p.text}
        </Tag>
      ))}
    </span>
  )
}

function PullDialog({ hit, onClose }: { hit: VerifyHit; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const no = hit.waybill_no || hit.order_nos[0] || hit.fulfillment_order_id
  const pull = useAction({
    run: (_: null, key) => api.post('/packing-hits/{id}/pull', undefined, { path: { id: hit.fulfillment_order_id }, key }),
    invalidates: [['hits']],
    onSuccess: () => {
      toast.ok(t('handover.pulled', { no }))
      onClose()
    },
  })
  return (
    <FormDialog title={t('handover.pull_title', { no })} action={t('handover.pull_action')} valid saving={pull.isPending} error={pull.error} onSave={() => pull.mutate(null)} onClose={onClose}>
      <p>{t('handover.pull_text')}</p>
      <p className={css.muted}>{hit.reason.message}</p>
    </FormDialog>
  )
}
