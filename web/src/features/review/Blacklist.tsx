import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { DataTable } from '@/ui/DataTable'
import { Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import css from './review.module.css'

/** The people whose orders wait, by what they are known again. */
export function Blacklist({ may }: { may: boolean }) {
  const { t } = useTranslation()
  const toast = useToast()
  const list = useInfiniteQuery({
    queryKey: ['review', 'blacklist'],
    queryFn: ({ pageParam, signal }) => api.get('/review/blacklist', { query: { limit: 50, cursor: pageParam || undefined }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const remove = useAction({
    run: (id: string, key) => api.delete('/review/blacklist/{id}', { path: { id }, key }),
    invalidates: [['review', 'blacklist'], ['orders']],
    onError: toast.bad,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Panel flush title={t('review.blacklist')} note={t('review.blacklist_hint')}>
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? (
        <Skeleton rows={3} />
      ) : (
        <DataTable
          label={t('review.blacklist')}
          rows={rows}
          rowKey={(r) => r.id}
          empty={list.error ? null : <Empty title={t('review.blacklist_empty')} />}
          columns={[
            { key: 'person', title: t('review.person'), render: (r) => `${t(`review.kind.${r.kind}`)} ${r.label}` },
            { key: 'reason', title: t('review.reason'), render: (r) => r.reason },
            { key: 'at', title: t('review.at'), render: (r) => <Time at={r.created_at} /> },
            {
              key: 'act',
              title: '',
              align: 'right',
              render: (r) =>
                may ? (
                  <Button loading={remove.isPending && remove.variables === r.id} onClick={() => remove.mutate(r.id)}>
                    {t('review.remove')}
                  </Button>
                ) : null,
            },
          ]}
        />
      )}
      {list.hasNextPage ? (
        <div className={css.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      ) : null}
    </Panel>
  )
}
