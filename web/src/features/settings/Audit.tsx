import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Time } from '@/ui/Time'
import css from './settings.module.css'

/** Who did what and when; entries are chained, so that a missing or changed one shows. */
export function Audit() {
  const { t } = useTranslation()
  const [action, setAction] = useState('')
  const [object, setObject] = useState('')
  const list = useInfiniteQuery({
    queryKey: ['audit', action, object],
    queryFn: ({ pageParam, signal }) => api.get('/audit', { query: { action, object, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page title={t('shell.settings.audit')} hint={t('settings.audit_hint')}>
      <Panel flush>
        <div className={css.bar}>
          <Input.Search allowClear style={{ width: 240 }} placeholder={t('settings.audit_action')} aria-label={t('settings.audit_action')} onSearch={(text) => setAction(text.trim())} />
          <Input.Search allowClear style={{ width: 240 }} placeholder={t('settings.audit_object')} aria-label={t('settings.audit_object')} onSearch={(text) => setObject(text.trim())} />
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : (
          <DataTable
            label={t('shell.settings.audit')}
            rows={rows}
            rowKey={(e) => e.id}
            empty={<Empty title={t('settings.audit_empty')} />}
            columns={[
              { key: 'seq', title: t('settings.audit_seq'), align: 'right', render: (e) => e.seq ?? '\u2013' },
              { key: 'at', title: t('settings.audit_at'), render: (e) => <Time at={e.at} /> },
              { key: 'who', title: t('settings.audit_who'), render: (e) => e.actor_name },
              { key: 'action', title: t('settings.audit_action'), render: (e) => <code>{e.action}</code> },
              { key: 'object', title: t('settings.audit_object'), render: (e) => <code>{e.object}</code> },
              { key: 'detail', title: t('settings.audit_detail'), render: (e) => <code className={css.detail}>{typeof e.detail === 'string' ? e.detail : JSON.stringify(e.detail)}</code> },
              { key: 'ip', title: 'IP', render: (e) => e.ip },
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
    </Page>
  )
}
