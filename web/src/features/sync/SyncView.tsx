import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Backlog, Sync } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { groupDigits } from '@/lib/format'
import { channelsQuery, nameOf, syncQuery, useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable, type Column } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { spanText } from '@/ui/span'
import { Empty, QueryState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { ChannelBadge, Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { Effects } from './Effects'
import { conditionOf, problemOf, tabOf, TONE } from './health'
import { backlogsQuery } from './queries'
import { SYNC_TABS, type SyncSearch } from './search'
import css from './sync.module.css'

interface SyncViewProps {
  search: SyncSearch
  onSearch: (next: SyncSearch) => void
}

/** How far every shop on an API is read, and what channels are told. */
export function SyncView({ search, onSearch }: SyncViewProps) {
  const { t } = useTranslation()
  const tab = search.tab ?? 'shops'
  const synced = useQuery(syncQuery).data
  const waiting = useQuery(backlogsQuery).data?.reduce((n, b) => n + b.refused + b.uncertain, 0)
  return (
    <>
      <Tabs
        label={t('sync.title')}
        value={tab}
        onChange={(next) => onSearch({ tab: next === 'shops' ? undefined : next })}
        items={SYNC_TABS.map((key) => ({ key, label: t(`sync.tab.${key}`), count: key === 'shops' ? (synced?.filter((s) => !s.healthy).length ?? null) : (waiting ?? null) }))}
      />
      {tab === 'shops' ? <Shops /> : <Effects state={search.state} onState={(state) => onSearch({ tab: 'effects', state })} />}
    </>
  )
}

function Shops() {
  const { t } = useTranslation()
  const now = useNow()
  const toast = useToast()
  const query = useQuery(syncQuery)
  const backlogs = useQuery(backlogsQuery).data
  const maySync = useCan()('channel.sync')
  const pull = useAction({
    run: (id: string, key) => api.post('/sync/{id}/pull', {}, { path: { id }, key }),
    invalidates: [['sync']],
    onSuccess: () => toast.ok(t('sync.pull_asked')),
    onError: toast.bad,
  })
  const columns: Column<Sync>[] = [
    {
      key: 'shop',
      title: t('sync.shop'),
      render: (s) => (
        <span className={css.shop}>
          <ChannelBadge channel={s.channel} />
          <Link to="/sync/$id" params={{ id: s.shop_id }}>
            <strong>{s.shop_name}</strong>
          </Link>
        </span>
      ),
    },
    { key: 'state', title: t('sync.state'), render: (s) => <Condition sync={s} now={now} /> },
    { key: 'read', title: t('sync.read_to'), render: (s) => <ReadTo sync={s} /> },
    { key: 'auth', title: t('sync.authorised_until'), render: (s) => <Until at={s.consent_by_at} now={now} /> },
    { key: 'quota', title: t('sync.calls_today'), align: 'right', render: (s) => <Calls sync={s} now={now} /> },
    { key: 'open', title: t('sync.open'), render: (s) => <OpenWork sync={s} /> },
    { key: 'back', title: t('sync.to_tell'), render: (s) => <ToTell backlog={backlogs?.find((b) => b.shop_id === s.shop_id)} id={s.shop_id} /> },
    {
      key: 'act',
      title: '',
      align: 'right',
      render: (s) =>
        maySync ? (
          <Button loading={pull.isPending && pull.variables === s.shop_id} onClick={() => pull.mutate(s.shop_id)}>
            {t('sync.pull_now')}
          </Button>
        ) : null,
    },
  ]
  return (
    <Page title={t('sync.title')} hint={t('sync.hint')}>
      <Panel flush>
        <QueryState query={query}>
          {(rows) => <DataTable label={t('sync.tab.shops')} rows={rows} rowKey={(s) => s.shop_id} rowTone={(s) => (s.healthy ? undefined : 'bad')} empty={<None />} columns={columns} />}
        </QueryState>
      </Panel>
      <Connectable synced={query.data} />
    </Page>
  )
}

function None() {
  const { t } = useTranslation()
  return (
    <Empty title={t('sync.none')}>
      <p>{t('sync.none_hint')}</p>
      <Link to="/settings/shops">{t('shell.settings.shops')}</Link>
    </Empty>
  )
}

/** Shops that are read by file although their channel offers an API. */
function Connectable({ synced }: { synced: Sync[] | undefined }) {
  const { t } = useTranslation()
  const shops = useShops()
  const channels = useQuery(channelsQuery).data
  const may = useCan()('channel.edit')
  if (!may || !synced || !channels) return null
  const rows = shops.filter((s) => s.active && !synced.some((x) => x.shop_id === s.id) && channels.find((c) => c.code === s.channel)?.api)
  if (rows.length === 0) return null
  return (
    <Panel title={t('sync.connectable')} note={t('sync.connectable_note')}>
      <ul className={css.chips}>
        {rows.map((s) => (
          <li key={s.id}>
            <ChannelBadge channel={s.channel} /> {s.name}{' '}
            <Link to="/sync/$id" params={{ id: s.id }} search={{ tab: 'access' }}>
              {t('sync.connect')}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** A shop's condition, with what failed last and where the way out begins. */
export function Condition({ sync, now }: { sync: Sync; now: number }) {
  const { t } = useTranslation()
  const condition = conditionOf(sync, now)
  const error = sync.streams.find((x) => x.error)?.error
  const fine = condition === 'ok' || condition === 'starting'
  return (
    <span className={css.lines}>
      <span>
        <Tag tone={TONE[condition]}>{t(`sync.condition.${condition}`)}</Tag>
      </span>
      {error && !fine ? <span className={css.bad}>{error.message}</span> : null}
      {fine ? null : (
        <span className={css.muted}>
          {error && condition !== 'unauthorised' ? t(`sync.next.${problemOf(error.code)}`) : t(`sync.advice.${condition}`)}{' '}
          {tabOf(condition) === 'health' ? null : (
            <Link to="/sync/$id" params={{ id: sync.shop_id }} search={{ tab: tabOf(condition) }}>
              {t('sync.go')}
            </Link>
          )}
        </span>
      )}
    </span>
  )
}

/** How far behind a list is read; less than a minute is none worth a number. */
export function Lag({ ms }: { ms: number }) {
  const { t } = useTranslation()
  return <span className={css.muted}>{ms < 60_000 ? t('sync.current') : t('sync.lag', { span: spanText(t, ms) })}</span>
}

/** Orders first, whatever the server's order. */
export function inOrder(streams: Sync['streams']): Sync['streams'] {
  return streams.toSorted((a, b) => (a.stream < b.stream ? 1 : -1))
}

function ReadTo({ sync }: { sync: Sync }) {
  const { t } = useTranslation()
  return (
    <span className={css.lines}>
      {inOrder(sync.streams).map((x) => (
        <span key={x.stream}>
          <span className={css.muted}>{t(`sync.stream.${x.stream}`)}</span> <Time at={x.watermark_at} /> <Lag ms={x.lag_ms} />
        </span>
      ))}
      {sync.streams.length === 0 ? '\u2013' : null}
    </span>
  )
}

const WEEK = 7 * 86_400_000

/** An instant in the future, with how long is left where that is less than a month; past is red. */
export function Until({ at, now }: { at: string | null; now: number }) {
  const { t } = useTranslation()
  if (!at) return <span className={css.muted}>{'\u2013'}</span>
  const left = Date.parse(at) - now
  return (
    <span className={css.lines}>
      <Time at={at} />
      {left > 5 * WEEK ? null : <span className={left < 0 ? css.bad : left < WEEK ? css.warn : css.muted}>{left < 0 ? t('sync.ended') : t('common.left', { span: spanText(t, left) })}</span>}
    </span>
  )
}

function Calls({ sync, now }: { sync: Sync; now: number }) {
  const { t } = useTranslation()
  const { calls, daily_calls, banned_until_at } = sync.quota
  return (
    <span className={css.lines}>
      <span>{daily_calls > 0 ? t('sync.of', { n: groupDigits(calls), all: groupDigits(daily_calls) }) : groupDigits(calls)}</span>
      {banned_until_at && Date.parse(banned_until_at) > now ? (
        <span className={css.bad}>
          {t('sync.banned_until')} <Time at={banned_until_at} />
        </span>
      ) : null}
    </span>
  )
}

function OpenWork({ sync }: { sync: Sync }) {
  const { t } = useTranslation()
  const parts = [
    ['gaps', sync.open_gaps, 'checks'],
    ['quarantined', sync.quarantined, 'quarantine'],
    ['unknown', sync.unknown_words.reduce((n, w) => n + w.orders, 0), 'health'],
    ['days', sync.open_days, 'checks'],
    ['hints', sync.waiting_hints, 'health'],
  ] as const
  const some = parts.filter(([, n]) => n > 0)
  if (some.length === 0) return <span className={css.muted}>{t('sync.nothing_open')}</span>
  return (
    <span className={css.lines}>
      {some.map(([key, n, tab]) => (
        <Link key={key} to="/sync/$id" params={{ id: sync.shop_id }} search={{ tab }}>
          {t(`sync.n_${key}`, { count: n })}
        </Link>
      ))}
    </span>
  )
}

function ToTell({ backlog, id }: { backlog: Backlog | undefined; id: string }) {
  const { t } = useTranslation()
  const parts = (['waiting', 'refused', 'uncertain'] as const).filter((key) => (backlog?.[key] ?? 0) > 0)
  const stale = backlog?.stale_listings ?? 0
  if (parts.length === 0 && stale === 0) return <span className={css.muted}>{t('sync.all_told')}</span>
  return (
    <span className={css.lines}>
      {parts.map((key) => (
        <Link key={key} to="/sync/$id" params={{ id }} search={{ tab: 'effects', state: key }}>
          {t(`sync.n_${key}`, { count: backlog?.[key] ?? 0 })}
        </Link>
      ))}
      {stale > 0 ? (
        <Link to="/sync/$id" params={{ id }} search={{ tab: 'stock' }}>
          {t('sync.n_stale', { count: stale })}
        </Link>
      ) : null}
    </span>
  )
}

/** The channel of a shop by its name, for sentences. */
export function useChannelName(code: string | undefined): string {
  const channel = useQuery(channelsQuery).data?.find((c) => c.code === code)
  return channel ? nameOf(channel) : (code ?? '')
}
