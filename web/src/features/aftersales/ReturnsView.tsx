import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Select } from 'antd'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Aftersale, ReturnParcel } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Money } from '@/ui/Money'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { GiveUpDialog, sum } from './AftersaleView'
import { Found } from './Found'
import { Goods, GoodsTag, OrderLink, ShopName, StateTag } from './parts'
import { daysSince, STALE } from './queries'
import { RETURN_TABS, type ReturnsSearch } from './search'
import css from './aftersales.module.css'

interface ReturnsViewProps {
  search: ReturnsSearch
  onSearch: (next: ReturnsSearch) => void
}

/** Receiving returns: scan, count what is good, and it is stock again; beside it what is still out. */
export function ReturnsView({ search, onSearch }: ReturnsViewProps) {
  const { t } = useTranslation()
  const mayReceive = useCan()('aftersale.receive')
  const warehouses = useWarehouses()
  const [house, setHouse] = useState<string>()
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const warehouse = house ?? warehouses.find((w) => w.is_default)?.id ?? warehouses[0]?.id
  const tab = search.tab ?? 'expected'
  const counts = useQuery({ queryKey: ['aftersales', 'counts'], queryFn: ({ signal }) => api.get('/aftersales/counts', { signal }), refetchInterval: 30_000 }).data
  // The scanner types into this field: it has the focus whenever nothing else needs it.
  useEffect(() => input.current?.focus(), [])
  const find = () => {
    const code = text.trim()
    setText('')
    if (code) onSearch({ ...search, code })
  }
  const done = () => {
    onSearch({ ...search, code: undefined })
    input.current?.focus()
  }
  return (
    <Page title={t('aftersales.returns_title')} hint={t('aftersales.returns_hint')} actions={<Link to="/aftersales">{t('aftersales.back')}</Link>}>
      {mayReceive ? (
        <Panel>
          <form
            className={css.scan}
            onSubmit={(e) => {
              e.preventDefault()
              find()
            }}
          >
            <input ref={input} className={css.scanner} value={text} aria-label={t('aftersales.scan')} placeholder={t('aftersales.scan')} maxLength={100} autoComplete="off" onChange={(e) => setText(e.target.value)} />
            <Button htmlType="submit" type="primary">
              {t('aftersales.find')}
            </Button>
            <Select className={css.house} aria-label={t('aftersales.warehouse')} value={warehouse} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={setHouse} />
          </form>
        </Panel>
      ) : null}
      {mayReceive && search.code && warehouse ? <Found key={search.code} code={search.code} warehouse={warehouse} onDone={done} /> : null}
      <Tabs
        label={t('aftersales.returns_title')}
        value={tab}
        onChange={(next) => onSearch({ ...search, tab: next === 'expected' ? undefined : next })}
        items={RETURN_TABS.map((key) => ({ key, label: t(`aftersales.return_tab.${key}`), count: key === 'expected' ? (counts ? counts.awaited + counts.arrived : null) : key === 'not_back' ? (counts?.not_back ?? null) : undefined }))}
      />
      {tab === 'expected' ? <Expected onInspect={mayReceive ? (c) => onSearch({ ...search, code: c.return_waybill || c.case_no }) : undefined} /> : null}
      {tab === 'not_back' ? <NotBack /> : null}
      {tab === 'unclaimed' || tab === 'inspected' ? <Parcels key={tab} state={tab} mayReceive={mayReceive} /> : null}
    </Page>
  )
}

function useCases(name: string, query: object) {
  return useInfiniteQuery({
    queryKey: ['aftersales', name],
    queryFn: ({ pageParam, signal }) => api.get('/aftersales', { query: { ...query, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: 30_000,
  })
}

function Expected({ onInspect }: { onInspect?: (one: Aftersale) => void }) {
  const { t } = useTranslation()
  const list = useCases('expected', { goods: ['awaited', 'arrived'] })
  return (
    <CaseTable
      list={list}
      label={t('aftersales.return_tab.expected')}
      none={t('aftersales.none_expected')}
      last={(c) => (onInspect ? <Button onClick={() => onInspect(c)}>{t('aftersales.act.inspect')}</Button> : null)}
    />
  )
}

/** Refunded, and the goods are still out: the oldest first. */
function NotBack() {
  const { t } = useTranslation()
  const now = useNow()
  const can = useCan()
  const [giving, setGiving] = useState<Aftersale | null>(null)
  const list = useCases('not_back', { goods: ['awaited'], state: ['refunded'], sort: 'refund' })
  return (
    <>
      <CaseTable
        list={list}
        label={t('aftersales.return_tab.not_back')}
        none={t('aftersales.none_not_back')}
        last={(c) => (
          <span className={css.acts}>
            <Tag tone={daysSince(c.refunded_at, now) > 14 ? 'red' : 'amber'}>{t('aftersales.days_out', { count: daysSince(c.refunded_at, now) })}</Tag>
            {can('refund.approve') ? <Button onClick={() => setGiving(c)}>{t('aftersales.give_up')}</Button> : null}
          </span>
        )}
      />
      {giving ? <GiveUpDialog one={giving} onClose={() => setGiving(null)} /> : null}
    </>
  )
}

function CaseTable({ list, label, none, last }: { list: ReturnType<typeof useCases>; label: string; none: string; last: (c: Aftersale) => ReactNode }) {
  const { t } = useTranslation()
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Panel flush>
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton /> : null}
      {list.data ? (
        <DataTable
          label={label}
          rows={rows}
          rowKey={(c) => c.id}
          empty={
            <Empty title={none}>
              <Link to="/aftersales">{t('aftersales.back')}</Link>
            </Empty>
          }
          columns={[
            {
              key: 'no',
              title: t('aftersales.case_no'),
              render: (c) => (
                <span className={css.lines}>
                  <Link to="/aftersales/$id" params={{ id: c.id }}>
                    {c.case_no}
                  </Link>
                  <ShopName shopId={c.shop_id} />
                </span>
              ),
            },
            {
              key: 'order',
              title: t('aftersales.order'),
              render: (c) => (
                <span className={css.lines}>
                  <OrderLink one={c} />
                  {c.lines.slice(0, 3).map((l) => (
                    <Goods key={l.line_id} line={l} asked />
                  ))}
                </span>
              ),
            },
            { key: 'back', title: t('aftersales.return_no'), render: (c) => [c.return_carrier, c.return_waybill].filter(Boolean).join(' ') || t('aftersales.not_told') },
            {
              key: 'state',
              title: t('aftersales.state_title'),
              render: (c) => (
                <span className={css.tags}>
                  <StateTag one={c} /> <GoodsTag one={c} />
                </span>
              ),
            },
            { key: 'amount', title: t('aftersales.amount'), align: 'right', render: (c) => <Money fen={c.refund_fen} /> },
            { key: 'act', title: t('aftersales.actions'), align: 'right', render: last },
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
  )
}

function Parcels({ state, mayReceive }: { state: 'unclaimed' | 'inspected'; mayReceive: boolean }) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  const [matching, setMatching] = useState<ReturnParcel | null>(null)
  const list = useInfiniteQuery({
    queryKey: ['aftersales', 'parcels', state],
    queryFn: ({ pageParam, signal }) => api.get('/returns', { query: { state, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Panel flush>
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton /> : null}
      {list.data ? (
        <DataTable
          label={t(`aftersales.return_tab.${state}`)}
          rows={rows}
          rowKey={(p) => p.id}
          empty={<Empty title={t(`aftersales.none_parcels.${state}`)} />}
          columns={[
            { key: 'no', title: t('aftersales.return_no'), render: (p) => p.waybill_no || t('aftersales.unreadable') },
            { key: 'house', title: t('aftersales.warehouse'), render: (p) => warehouses.find((w) => w.id === p.warehouse_id)?.name ?? '\u2013' },
            { key: 'got', title: t('aftersales.back_n'), render: (p) => sum(t, p.lines) },
            { key: 'note', title: t('aftersales.note'), render: (p) => p.note || '\u2013' },
            { key: 'who', title: t('aftersales.who'), render: (p) => p.inspected_name || p.received_name },
            { key: 'at', title: t('aftersales.at'), render: (p) => <Time at={p.inspected_at ?? p.received_at} /> },
            {
              key: 'act',
              title: t('aftersales.actions'),
              align: 'right',
              render: (p) =>
                p.state === 'unclaimed' ? (
                  mayReceive ? (
                    <Button onClick={() => setMatching(p)}>{t('aftersales.match')}</Button>
                  ) : null
                ) : (
                  <Link to="/aftersales/$id" params={{ id: p.case_id }}>
                    {t('aftersales.see_case')}
                  </Link>
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
      {matching ? <MatchDialog parcel={matching} onClose={() => setMatching(null)} /> : null}
    </Panel>
  )
}

/** Finds the case an ownerless parcel belongs to, by any number a person has. */
function MatchDialog({ parcel, onClose }: { parcel: ReturnParcel; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [no, setNo] = useState('')
  const [chosen, setChosen] = useState<string>()
  const found = useQuery({
    queryKey: ['aftersales', 'match', no],
    queryFn: ({ signal }) => api.get('/returns/find', { query: { code: no.trim() }, signal }),
    enabled: no.trim().length >= 4,
  })
  const save = useAction({
    run: (body: object, key) => api.post('/returns/{id}/match', body, { path: { id: parcel.id }, key }),
    invalidates: STALE,
    onSuccess: () => {
      toast.ok(t('aftersales.matched'))
      onClose()
    },
  })
  return (
    <FormDialog title={t('aftersales.match_title', { no: parcel.waybill_no })} action={t('aftersales.match')} valid={Boolean(chosen)} saving={save.isPending} error={save.error ?? found.error} onSave={() => save.mutate({ case_id: chosen })} onClose={onClose}>
      <Field label={t('aftersales.match_no')}>
        <Input autoFocus maxLength={100} aria-label={t('aftersales.match_no')} value={no} onChange={(e) => setNo(e.target.value)} />
      </Field>
      {found.data && found.data.cases.length === 0 ? <p className={css.muted}>{t('aftersales.match_none')}</p> : null}
      <div className={css.choices} role="radiogroup" aria-label={t('aftersales.case_no')}>
        {found.data?.cases.map((c) => (
          <label key={c.id}>
            <input type="radio" name="case" checked={chosen === c.id} onChange={() => setChosen(c.id)} />
            <span className={css.lines}>
              <span>
                {c.case_no} {t(`aftersales.kind.${c.kind}`)} <StateTag one={c} />
              </span>
              <span className={css.muted}>{c.lines.map((l) => `${l.title} ×${l.asked}`).join(', ')}</span>
            </span>
          </label>
        ))}
      </div>
    </FormDialog>
  )
}
