import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { InboxRow } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { ScrollBox } from '@/ui/ScrollBox'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { prettyRaw } from './raw'
import css from './sync.module.css'

const REVEALED_MS = 60_000

/** Orders that came and could not be read: look at what came, try again, or set aside for good. */
export function Quarantine({ shopId }: { shopId: string }) {
  const { t } = useTranslation()
  const toast = useToast()
  const can = useCan()
  const [shown, setShown] = useState<{ row: InboxRow; raw: string } | null>(null)
  const list = useInfiniteQuery({
    queryKey: ['imports', 'quarantine', shopId],
    queryFn: ({ pageParam, signal }) => api.get('/inbox', { query: { state: 'quarantined', shop_id: shopId, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const act = useAction({
    run: ({ id, what }: { id: string; what: 'replay' | 'dismiss' }, key) => api.post(`/inbox/{id}/${what}` as const, undefined, { path: { id }, key }),
    invalidates: [['imports'], ['sync'], ['orders'], ['home']],
    onSuccess: (_, { what }) => toast.ok(t(`sync.${what}_done`)),
    onError: toast.bad,
  })
  const reveal = useAction({
    run: (row: InboxRow, key) => api.post('/inbox/{id}/reveal', undefined, { path: { id: row.id }, key }),
    onSuccess: (out, row) => setShown({ row, raw: out.raw }),
    onError: toast.bad,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const busy = (row: InboxRow, what: string) => act.isPending && act.variables.id === row.id && act.variables.what === what
  return (
    <Page title={t('sync.tab.quarantine')} hint={t('sync.quarantine_hint')}>
      <Panel flush>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? <Skeleton /> : null}
        {list.data ? (
          <DataTable
            label={t('sync.tab.quarantine')}
            rows={rows}
            rowKey={(r) => r.id}
            empty={
              <Empty title={t('sync.quarantine_empty')}>
                <p>{t('sync.quarantine_empty_hint')}</p>
              </Empty>
            }
            columns={[
              { key: 'no', title: t('sync.order_no'), render: (r) => <strong>{r.channel_order_no || '\u2013'}</strong> },
              {
                key: 'why',
                title: t('sync.why'),
                render: (r) => (
                  <span className={css.lines}>
                    <span>{r.message || r.error_code}</span>
                    {r.error_field ? <code>{r.error_field}</code> : null}
                  </span>
                ),
              },
              { key: 'at', title: t('sync.came_at'), render: (r) => <Time at={r.created_at} /> },
              { key: 'tries', title: t('sync.attempts'), align: 'right', render: (r) => r.attempts },
              {
                key: 'act',
                title: '',
                align: 'right',
                render: (r) => (
                  <span className={css.row} style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
                    {can('intake.reveal') ? (
                      <Button loading={reveal.isPending && reveal.variables.id === r.id} onClick={() => reveal.mutate(r)}>
                        {t('sync.show_raw')}
                      </Button>
                    ) : null}
                    {can('intake.replay') ? (
                      <>
                        <Button loading={busy(r, 'replay')} onClick={() => act.mutate({ id: r.id, what: 'replay' })}>
                          {t('sync.replay')}
                        </Button>
                        <Button loading={busy(r, 'dismiss')} onClick={() => act.mutate({ id: r.id, what: 'dismiss' })}>
                          {t('sync.dismiss')}
                        </Button>
                      </>
                    ) : null}
                  </span>
                ),
              },
            ]}
          />
        ) : null}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {shown ? <Raw no={shown.row.channel_order_no} raw={shown.raw} onClose={() => setShown(null)} /> : null}
    </Page>
  )
}

/** What came, for a minute: it may hold somebody's name and phone. */
function Raw({ no, raw, onClose }: { no: string; raw: string; onClose: () => void }) {
  const { t } = useTranslation()
  useEffect(() => {
    const timer = setTimeout(onClose, REVEALED_MS)
    return () => clearTimeout(timer)
  }, [onClose])
  return (
    <Modal open width={760} title={t('sync.raw_title', { no })} footer={<Button onClick={onClose}>{t('common.close')}</Button>} onCancel={onClose}>
      <p className={css.muted}>{t('sync.raw_hint')}</p>
      <ScrollBox label={t('sync.raw_title', { no })} className={css.raw}>
        {prettyRaw(raw)}
      </ScrollBox>
    </Modal>
  )
}
