import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { FilledSummary, Shop } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { DataTable } from '@/ui/DataTable'
import { ScrollBox } from '@/ui/ScrollBox'
import { Empty, ErrorBox, QueryState, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import css from './ship.module.css'

interface FilledDialogProps {
  shop: Shop
  /** Downloads the file of just this summary. */
  onTake: (summary: FilledSummary) => void
  onClose: () => void
}

/** What the filled file will hold, before it is taken: its parcels, those that do not fit in, and carriers the channel does not list. */
export function FilledDialog({ shop, onTake, onClose }: FilledDialogProps) {
  const { t } = useTranslation()
  const summary = useQuery({
    queryKey: ['ship-templates', 'preview', shop.id],
    queryFn: ({ signal }) => api.get('/ship-templates/{shop_id}/preview', { path: { shop_id: shop.id }, signal }),
    staleTime: 0,
    placeholderData: undefined,
  })
  const parcels = useInfiniteQuery({
    queryKey: ['ship-templates', 'parcels', shop.id],
    queryFn: ({ pageParam, signal }) => api.get('/parcels', { query: { shop_id: [shop.id], reported: 'false', limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    staleTime: 0,
  })
  const inFile = new Set(summary.data?.parcel_ids)
  const leftOut = new Set(summary.data?.left_out)
  const rows = parcels.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Modal
      open
      width={760}
      title={t('ship.preview_of', { shop: shop.name })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.close')}</Button>
          <Button type="primary" disabled={!summary.data || summary.data.parcel_ids.length === 0} onClick={() => summary.data && onTake(summary.data)}>
            {t('ship.download_these', { count: summary.data?.parcel_ids.length ?? 0 })}
          </Button>
        </>
      }
    >
      <div className={css.steps}>
        <QueryState query={summary}>
          {(s) => (
            <p role="status">
              {t('ship.preview_rows', { count: s.rows, n: groupDigits(s.rows), name: s.name })}
              {s.left_out.length > 0 ? <span className={css.warn}> {t('ship.left_out', { count: s.left_out.length })}</span> : null}
              {s.unknown_carriers.length > 0 ? <span className={css.warn}> {t('ship.unknown_carriers', { names: s.unknown_carriers.join(', ') })}</span> : null}
            </p>
          )}
        </QueryState>
        {parcels.error ? <ErrorBox error={parcels.error} onRetry={() => void parcels.refetch()} /> : null}
        {parcels.isPending || !summary.data ? (
          summary.error ? null : <Skeleton />
        ) : (
          <ScrollBox label={t('ship.preview')} className={css.scroll}>
            <DataTable
              label={t('ship.preview')}
              rows={rows}
              rowKey={(p) => p.id}
              rowTone={(p) => (leftOut.has(p.id) ? 'warn' : undefined)}
              empty={<Empty title={t('ship.nothing_to_report')} />}
              columns={[
                { key: 'no', title: t('ship.order_no'), render: (p) => p.channel_order_no },
                { key: 'carrier', title: t('ship.carrier'), render: (p) => p.carrier_name || p.carrier },
                { key: 'waybill', title: t('ship.waybill_no'), render: (p) => p.waybill_no },
                { key: 'at', title: t('ship.shipped_at'), render: (p) => <Time at={p.shipped_at} /> },
                {
                  key: 'where',
                  title: t('ship.in_file_title'),
                  render: (p) => (inFile.has(p.id) ? <Tag tone="green">{t('ship.in_file')}</Tag> : leftOut.has(p.id) ? <Tag tone="amber">{t('ship.not_in_file')}</Tag> : <Tag>{t('ship.not_by_file')}</Tag>),
                },
              ]}
            />
            {parcels.hasNextPage ? (
              <Button loading={parcels.isFetchingNextPage} onClick={() => void parcels.fetchNextPage()}>
                {t('common.more')}
              </Button>
            ) : null}
          </ScrollBox>
        )}
      </div>
    </Modal>
  )
}
