import { useQueries, useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { useNow } from '@/lib/clock'
import { formatDay, groupDigits, nextDay } from '@/lib/format'
import { isId } from '@/lib/id'
import { useShops } from '@/lib/lookups'
import { saveText } from '@/lib/saveText'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { accountsQuery, useAccountName } from './queries'
import type { CarrierSearch } from './search'
import { csv, dayNumber, dayText, sums, type AccountUse } from './uses'
import css from './carriers.module.css'

const MONTH = 30

/** How many numbers each shop used of each account, to settle among those who share one. */
export function Uses({ search, onSearch }: { search: CarrierSearch; onSearch: (next: CarrierSearch) => void }) {
  const { t } = useTranslation()
  const shops = useShops()
  const account = useAccountName()
  const accounts = useQuery(accountsQuery)
  const now = useNow()
  const to = search.to ?? formatDay(now)
  const from = search.from ?? nextDay(to, 1 - MONTH)
  const asked = (accounts.data ?? []).filter((a) => !search.account || a.id === search.account)
  const found = useQueries({
    queries: asked.map((a) => ({
      queryKey: ['waybill-uses', a.id, from, to],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.get('/carrier-accounts/{id}/uses', { path: { id: a.id }, query: { from: dayNumber(from), to: dayNumber(to) }, signal }).then((l) => l.items.map((u) => ({ ...u, account_id: a.id }))),
    })),
  })
  const error = accounts.error ?? found.find((q) => q.error)?.error
  const pending = accounts.isPending || found.some((q) => q.isPending)
  const uses: AccountUse[] = found.flatMap((q) => q.data ?? [])
  const rows = sums(uses)
  const shop = (id: string) => (isId(id) ? (shops.find((s) => s.id === id)?.name ?? id) : t('carriers.no_shop'))
  const issued = rows.reduce((n, r) => n + r.issued, 0)
  const cancelled = rows.reduce((n, r) => n + r.cancelled, 0)
  const set = (patch: CarrierSearch) => onSearch({ ...search, ...patch })
  const save = () =>
    saveText(
      `waybills-${from}-${to}.csv`,
      csv([
        [t('carriers.day'), t('carriers.account'), t('carriers.shop'), t('carriers.issued'), t('carriers.returned')],
        ...uses.toSorted((a, b) => a.day - b.day).map((u) => [dayText(u.day), account(u.account_id), shop(u.shop_id), u.issued, u.cancelled]),
      ]),
    )
  return (
    <Page
      title={t('carriers.tab.uses')}
      hint={t('carriers.uses_hint')}
      actions={
        <Button disabled={uses.length === 0} onClick={save}>
          {t('carriers.csv')}
        </Button>
      }
    >
      <Panel flush>
        <div className={css.bar}>
          <label>
            <span>{t('carriers.account')}</span>
            <Select style={{ width: 220 }} aria-label={t('carriers.account')} value={search.account ?? ''} options={[{ value: '', label: t('carriers.any_account') }, ...(accounts.data ?? []).map((a) => ({ value: a.id, label: a.name }))]} onChange={(id: string) => set({ account: id || undefined })} />
          </label>
          <label>
            <span>{t('carriers.from_day')}</span>
            <Input type="date" max={to} aria-label={t('carriers.from_day')} value={from} onChange={(e) => e.target.value && set({ from: e.target.value })} />
          </label>
          <label>
            <span>{t('carriers.until_day')}</span>
            <Input type="date" min={from} aria-label={t('carriers.until_day')} value={to} onChange={(e) => e.target.value && set({ to: e.target.value })} />
          </label>
          <span role="status" className={css.muted}>
            {pending ? '' : t('carriers.used', { issued: groupDigits(issued), cancelled: groupDigits(cancelled) })}
          </span>
        </div>
        {error ? (
          <ErrorBox
            error={error}
            onRetry={() => {
              void accounts.refetch()
              for (const q of found) if (q.error) void q.refetch()
            }}
          />
        ) : null}
        {pending ? (
          <Skeleton />
        ) : (
          <DataTable
            label={t('carriers.tab.uses')}
            rows={rows}
            rowKey={(r) => `${r.account_id}/${r.shop_id}`}
            empty={error ? null : <Empty title={t('carriers.no_uses')} />}
            columns={[
              { key: 'account', title: t('carriers.account'), render: (r) => account(r.account_id) },
              { key: 'shop', title: t('carriers.shop'), render: (r) => shop(r.shop_id) },
              { key: 'issued', title: t('carriers.issued'), align: 'right', render: (r) => groupDigits(r.issued) },
              { key: 'cancelled', title: t('carriers.returned'), align: 'right', render: (r) => groupDigits(r.cancelled) },
              { key: 'net', title: t('carriers.net'), align: 'right', render: (r) => <strong className={css.number}>{groupDigits(r.issued - r.cancelled)}</strong> },
            ]}
          />
        )}
      </Panel>
    </Page>
  )
}
