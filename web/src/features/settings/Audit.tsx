import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { AuditEntry } from '@/lib/api/contract'
import { nextDay, startOfDay } from '@/lib/format'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Time } from '@/ui/Time'
import { AuditTools } from './AuditTools'
import { usersQuery } from './queries'
import css from './settings.module.css'

const NOTHING = { action: '', object: '', actor_id: undefined as string | undefined, from: '', to: '' }

/** Who did what and when; entries are chained, so that a missing or changed one shows. */
export function Audit() {
  const { t } = useTranslation()
  const [filter, setFilter] = useState(NOTHING)
  const set = (patch: Partial<typeof NOTHING>) => setFilter((f) => ({ ...f, ...patch }))
  // Who may read the log may not be allowed to list the staff; then the choice is not offered.
  const users = useQuery({ ...usersQuery, retry: false }).data
  const list = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) =>
      api.get('/audit', {
        query: {
          action: filter.action,
          object: filter.object,
          actor_id: filter.actor_id,
          from_at: filter.from ? startOfDay(filter.from) : undefined,
          to_at: filter.to ? startOfDay(nextDay(filter.to)) : undefined,
          cursor: pageParam,
          limit: 50,
        },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page title={t('shell.settings.audit')} hint={t('settings.audit_hint')}>
      <Panel flush>
        <AuditTools />
        <div className={css.bar}>
          <Input.Search allowClear style={{ width: 190 }} placeholder={t('settings.audit_action_code')} aria-label={t('settings.audit_action_code')} onSearch={(text) => set({ action: text.trim() })} />
          <Input.Search allowClear style={{ width: 210 }} placeholder={t('settings.audit_object_code')} aria-label={t('settings.audit_object_code')} onSearch={(text) => set({ object: text.trim() })} />
          {users ? <Select allowClear showSearch={{ optionFilterProp: 'label' }} style={{ width: 130 }} placeholder={t('settings.audit_who')} aria-label={t('settings.audit_who')} value={filter.actor_id} options={users.map((u) => ({ value: u.id, label: u.display_name || u.user_name }))} onChange={(actor_id?: string) => set({ actor_id })} /> : null}
          <Input type="date" style={{ width: 140 }} aria-label={t('settings.audit_from')} title={t('settings.audit_from')} value={filter.from} max={filter.to || undefined} onChange={(e) => set({ from: e.target.value })} />
          <Input type="date" style={{ width: 140 }} aria-label={t('settings.audit_to')} title={t('settings.audit_to')} value={filter.to} min={filter.from || undefined} onChange={(e) => set({ to: e.target.value })} />
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <DataTable
            label={t('shell.settings.audit')}
            rows={rows}
            rowKey={(e) => e.id}
            empty={<Empty title={t('settings.audit_empty')} />}
            columns={[
              { key: 'seq', title: t('settings.audit_seq'), align: 'right', render: (e) => e.seq ?? '\u2013' },
              { key: 'at', title: t('settings.audit_at'), render: (e) => <Time at={e.at} /> },
              { key: 'who', title: t('settings.audit_who'), render: (e) => (e.actor_kind === 'system' ? t('settings.audit_system') : e.actor_name) },
              {
                key: 'action',
                title: t('settings.audit_action'),
                render: (e) => (
                  <>
                    {t(`settings.act.${e.action.replace('.', '_')}`, { defaultValue: '' })} <code className={css.muted}>{e.action}</code>
                  </>
                ),
              },
              { key: 'object', title: t('settings.audit_object'), render: (e) => <code>{e.object}</code> },
              { key: 'detail', title: t('settings.audit_detail'), render: (e) => <Detail entry={e} /> },
              { key: 'ip', title: 'IP', render: (e) => e.ip },
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
    </Page>
  )
}

/** One line when closed; open, the whole detail and what links the entry to its neighbours. */
function Detail({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const text = JSON.stringify(entry.detail)
  const facts = [
    [t('settings.audit_request'), entry.request_id],
    [t('settings.audit_prev_hash'), entry.prev_hash],
    [t('settings.audit_hash'), entry.hash],
  ].filter(([, value]) => value)
  return (
    <details className={css.entry}>
      <summary>
        <code className={css.detail}>{text === '{}' ? '\u2013' : text}</code>
      </summary>
      {text === '{}' ? null : <pre>{JSON.stringify(entry.detail, null, 2)}</pre>}
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
