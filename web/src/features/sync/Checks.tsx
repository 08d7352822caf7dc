import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Comparison, Sync, SyncDay, SyncGap } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { groupDigits, nextDay, startOfDay } from '@/lib/format'
import { useCan } from '@/lib/session'
import { DataTable, type Column } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { calendar, DAYS, dayText, markOf, rangeOf, step, today, type Cell } from './ledger'
import css from './sync.module.css'

interface ChecksProps {
  sync: Sync
  /** The channel lists orders by time of placing, so that both sides can be compared. */
  compares: boolean
  week: string | undefined
  onWeek: (day: string | undefined) => void
}

/** Whether nothing is lost: the calendar of both sides, what is still to be read, and every comparison. */
export function Checks({ sync, compares, week, onWeek }: ChecksProps) {
  const { t } = useTranslation()
  const [comparing, setComparing] = useState<{ from: string; to: string } | null>(null)
  const now = useNow()
  const id = sync.shop_id
  const may = useCan()('channel.sync') && compares
  return (
    <Page
      title={t('sync.tab.checks')}
      hint={compares ? t('sync.checks_hint') : t('sync.no_compare')}
      actions={
        may ? (
          <Button type="primary" onClick={() => setComparing({ from: nextDay(today(now), -1), to: today(now) })}>
            {t('sync.compare_now')}
          </Button>
        ) : null
      }
    >
      <Gaps id={id} />
      {compares ? <Ledger id={id} week={week} onWeek={onWeek} may={may} /> : null}
      {compares ? <Days id={id} /> : null}
      {compares ? <Comparisons id={id} /> : null}
      {comparing ? <CompareDialog id={id} from={comparing.from} to={comparing.to} onClose={() => setComparing(null)} /> : null}
    </Page>
  )
}

function useCompare(id: string, done?: () => void) {
  const { t } = useTranslation()
  const toast = useToast()
  return useAction({
    run: (range: { from_at: string; to_at: string }, key) => api.post('/sync/{id}/compare', range, { path: { id }, key }),
    invalidates: [['sync']],
    onSuccess: () => {
      toast.ok(t('sync.compare_asked'))
      done?.()
    },
  })
}

function CompareDialog({ id, from, to, onClose }: { id: string; from: string; to: string; onClose: () => void }) {
  const { t } = useTranslation()
  const [range, setRange] = useState({ from, to })
  const ask = useCompare(id, onClose)
  return (
    <FormDialog title={t('sync.compare_now')} action={t('sync.compare')} valid={range.from !== '' && range.to >= range.from} saving={ask.isPending} error={ask.error} onSave={() => ask.mutate({ from_at: startOfDay(range.from), to_at: startOfDay(nextDay(range.to)) })} onClose={onClose}>
      <p className={css.muted}>{t('sync.compare_hint')}</p>
      <Field label={t('sync.from_day')}>
        <Input type="date" aria-label={t('sync.from_day')} value={range.from} onChange={(e) => setRange({ ...range, from: e.target.value })} />
      </Field>
      <Field label={t('sync.to_day')}>
        <Input type="date" aria-label={t('sync.to_day')} value={range.to} onChange={(e) => setRange({ ...range, to: e.target.value })} />
      </Field>
    </FormDialog>
  )
}

function Ledger({ id, week, onWeek, may }: { id: string; week: string | undefined; onWeek: (day: string | undefined) => void; may: boolean }) {
  const { t } = useTranslation()
  const now = useNow()
  const last = week ?? today(now)
  const range = rangeOf(last)
  const query = useQuery({
    queryKey: ['sync', 'ledger', id, last],
    queryFn: ({ signal }) => api.get('/sync/{id}/ledger', { path: { id }, query: range, signal }).then((l) => l.items),
    placeholderData: (before) => before,
    refetchInterval: 30_000,
  })
  const later = nextDay(last, DAYS)
  return (
    <Panel
      title={t('sync.ledger')}
      note={t('sync.ledger_note')}
      actions={
        <>
          <Button onClick={() => onWeek(nextDay(last, -DAYS))}>{t('sync.earlier')}</Button>
          {week ? <Button onClick={() => onWeek(later >= today(now) ? undefined : later)}>{t('sync.later')}</Button> : null}
        </>
      }
    >
      <QueryState query={query}>{(hours) => <Grid id={id} rows={calendar(hours, last, now)} may={may} />}</QueryState>
    </Panel>
  )
}

/** One day by the hour; the arrow keys walk it, so that the Tab key passes over it in one step. */
function Grid({ id, rows, may }: { id: string; rows: Cell[][]; may: boolean }) {
  const { t } = useTranslation()
  const [at, setAt] = useState<[number, number] | null>(null)
  const table = useRef<HTMLTableElement>(null)
  const ask = useCompare(id)
  const chosen = at ? rows[at[0]]?.[at[1]] : undefined
  const say = (c: Cell) => {
    const when = `${c.day} ${String(c.hour).padStart(2, '0')}:00`
    if (!c.data) return t('sync.hour_unknown', { when })
    return `${t('sync.hour', { when, theirs: c.data.theirs, ours: c.data.ours, quarantined: c.data.quarantined })}${c.data.open_gap ? ` \u00b7 ${t('sync.hour_gap')}` : ''}`
  }
  const onKey = (e: KeyboardEvent, row: number, column: number) => {
    const next = step(e.key, row, column, rows.length)
    if (!next) return
    e.preventDefault()
    setAt(next)
    table.current?.querySelector<HTMLElement>(`[data-at="${next[0]} ${next[1]}"]`)?.focus()
  }
  const first = at ?? [0, 0]
  return (
    <div className={css.stack}>
      <div className={css.scroll}>
        <table ref={table} className={css.calendar} aria-label={t('sync.ledger')}>
          <thead>
            <tr>
              <th scope="col">{t('sync.day')}</th>
              {Array.from({ length: 24 }, (_, h) => (
                <th key={h} scope="col">
                  {h}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells, row) => (
              <tr key={cells[0]?.day}>
                <th scope="row">{cells[0]?.day.slice(5)}</th>
                {cells.map((c, column) => (
                  <td key={c.hour}>
                    <button
                      type="button"
                      className={css.hour}
                      data-mark={c.future ? 'none' : markOf(c.data)}
                      data-at={`${row} ${column}`}
                      aria-pressed={chosen === c}
                      aria-label={say(c)}
                      title={say(c)}
                      tabIndex={first[0] === row && first[1] === column ? 0 : -1}
                      onClick={() => setAt([row, column])}
                      onKeyDown={(e) => onKey(e, row, column)}
                    >
                      {c.data && !c.future ? mark(c) : ''}
                    </button>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={css.legend}>
        {(['equal', 'quarantined', 'gap', 'different'] as const).map((m) => (
          <span key={m}>
            <i className={css.hour} data-mark={m} style={{ width: 16, height: 16 }} aria-hidden />
            {t(`sync.mark.${m}`)}
          </span>
        ))}
      </p>
      <p className={css.row} role="status">
        {chosen ? say(chosen) : t('sync.hour_none')}
        {chosen?.data?.checked_at ? (
          <span className={css.muted}>
            {t('sync.checked_at')} <Time at={chosen.data.checked_at} />
          </span>
        ) : null}
        {chosen && may && !chosen.future ? (
          <Button loading={ask.isPending} onClick={() => ask.mutate({ from_at: new Date(chosen.at).toISOString(), to_at: new Date(chosen.at + 3_600_000).toISOString() })}>
            {t('sync.compare_hour')}
          </Button>
        ) : null}
      </p>
      {ask.error ? <ErrorBox error={ask.error} /> : null}
    </div>
  )
}

/** What fits into a square: how many the channel has, or how many are missing. */
function mark(c: Cell): string {
  if (!c.data) return ''
  const missing = c.data.theirs - c.data.ours - c.data.quarantined
  return missing === 0 ? groupDigits(c.data.theirs) : `${missing > 0 ? '\u2212' : '+'}${Math.abs(missing)}`
}

interface ListProps<Row> {
  title: string
  note?: string
  queryKey: readonly string[]
  ask: (cursor: string, signal: AbortSignal) => Promise<{ items: Row[]; next_cursor: string }>
  rowKey: (row: Row) => string
  rowTone?: (row: Row) => 'bad' | 'warn' | undefined
  empty: ReactNode
  columns: Column<Row>[]
}

/** A list of a shop's checks, page by page. */
function List<Row>({ title, note, queryKey, ask, rowKey, rowTone, empty, columns }: ListProps<Row>) {
  const { t } = useTranslation()
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => ask(pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: 30_000,
  })
  return (
    <Panel title={title} note={note} flush>
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton rows={3} /> : null}
      {list.data ? <DataTable label={title} rows={list.data.pages.flatMap((p) => p.items)} rowKey={rowKey} rowTone={rowTone} empty={empty} columns={columns} /> : null}
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

function Range({ from, to }: { from: string | null; to: string | null }) {
  return (
    <>
      <Time at={from} /> {'\u2013'} <Time at={to} />
    </>
  )
}

function Gaps({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <List<SyncGap>
      title={t('sync.gaps')}
      note={t('sync.gaps_note')}
      queryKey={['sync', 'gaps', id]}
      ask={(cursor, signal) => api.get('/sync/{id}/gaps', { path: { id }, query: { limit: 10, cursor }, signal })}
      rowKey={(g) => g.id}
      rowTone={(g) => (g.open && g.kind === 'failed' ? (g.alarmed ? 'bad' : 'warn') : undefined)}
      empty={<Empty title={t('sync.no_gaps')} />}
      columns={[
        { key: 'range', title: t('sync.stretch'), render: (g) => <Range from={g.from_at} to={g.to_at} /> },
        { key: 'kind', title: t('sync.kind_title'), render: (g) => `${t(`sync.stream.${g.stream}`)} \u00b7 ${t(`sync.gap_kind.${g.kind}`)} \u00b7 ${t(`sync.axis.${g.axis}`)}` },
        { key: 'state', title: t('sync.state'), render: (g) => (g.open ? <Tag tone={g.kind === 'failed' ? 'red' : 'blue'}>{t('sync.gap_open')}</Tag> : <Tag tone="green">{t('sync.gap_closed')}</Tag>) },
        { key: 'attempts', title: t('sync.attempts'), align: 'right', render: (g) => g.attempts },
        { key: 'next', title: t('sync.next_at'), render: (g) => (g.open ? <Time at={g.next_at} /> : <Time at={g.closed_at} />) },
        { key: 'error', title: t('sync.last_error'), render: (g) => g.error?.message ?? t('common.none') },
      ]}
    />
  )
}

function Days({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <List<SyncDay>
      title={t('sync.days')}
      note={t('sync.days_note')}
      queryKey={['sync', 'days', id]}
      ask={(cursor, signal) => api.get('/sync/{id}/days', { path: { id }, query: { limit: 8, cursor }, signal })}
      rowKey={(d) => String(d.day)}
      rowTone={(d) => (d.state === 'open' && d.theirs !== d.ours + d.quarantined ? 'warn' : undefined)}
      empty={<Empty title={t('sync.no_days')} />}
      columns={[
        { key: 'day', title: t('sync.day'), render: (d) => dayText(d.day) },
        { key: 'state', title: t('sync.state'), render: (d) => <Tag tone={d.state === 'closed' ? 'green' : 'amber'}>{t(`sync.day_state.${d.state}`)}</Tag> },
        { key: 'theirs', title: t('sync.theirs'), align: 'right', render: (d) => groupDigits(d.theirs) },
        { key: 'ours', title: t('sync.ours'), align: 'right', render: (d) => groupDigits(d.ours) },
        { key: 'aside', title: t('sync.quarantined'), align: 'right', render: (d) => groupDigits(d.quarantined) },
        { key: 'checked', title: t('sync.checked_at'), render: (d) => <Time at={d.checked_at} /> },
        { key: 'next', title: t('sync.next_check'), render: (d) => (d.stage > 0 ? <Time at={d.next_at} /> : t('sync.checked_out')) },
      ]}
    />
  )
}

function Comparisons({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <List<Comparison>
      title={t('sync.comparisons')}
      queryKey={['sync', 'comparisons', id]}
      ask={(cursor, signal) => api.get('/sync/{id}/comparisons', { path: { id }, query: { limit: 10, cursor }, signal })}
      rowKey={(c) => c.id}
      rowTone={(c) => (c.state === 'failed' ? 'bad' : c.state === 'different' ? 'warn' : undefined)}
      empty={<Empty title={t('sync.no_comparisons')} />}
      columns={[
        { key: 'range', title: t('sync.placed'), render: (c) => <Range from={c.from_at} to={c.to_at} /> },
        { key: 'kind', title: t('sync.kind_title'), render: (c) => t(`sync.compare_kind.${c.kind}`) },
        { key: 'state', title: t('sync.state'), render: (c) => <Tag tone={c.state === 'equal' ? 'green' : c.state === 'failed' ? 'red' : 'amber'}>{t(`sync.compare_state.${c.state}`)}</Tag> },
        { key: 'theirs', title: t('sync.theirs'), align: 'right', render: (c) => groupDigits(c.theirs) },
        { key: 'ours', title: t('sync.ours'), align: 'right', render: (c) => groupDigits(c.ours) },
        { key: 'aside', title: t('sync.quarantined'), align: 'right', render: (c) => groupDigits(c.quarantined) },
        { key: 'missing', title: t('sync.missing'), align: 'right', render: (c) => groupDigits(c.missing) },
        { key: 'changed', title: t('sync.changed'), align: 'right', render: (c) => groupDigits(c.changed) },
        { key: 'at', title: t('sync.checked_at'), render: (c) => <Time at={c.finished_at} /> },
        { key: 'error', title: t('sync.last_error'), render: (c) => c.error?.message ?? t('common.none') },
      ]}
    />
  )
}
