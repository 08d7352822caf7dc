import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Aftersale } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { Page, Panel } from '@/ui/Page'
import { Pick } from '@/ui/Pick'
import { SlaPill } from '@/ui/SlaPill'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { TextBox } from '@/ui/TextBox'
import { Time } from '@/ui/Time'
import { AgreeDialog } from './AgreeDialog'
import { DecideDialog } from './DecideDialog'
import { AdviceText, AnswerTag, Goods, OrderLink, ParcelCell, ShopName, StateTag } from './parts'
import { filterOf, STATES } from './queries'
import { CASE_TABS, KINDS, type AftersalesSearch } from './search'
import css from './aftersales.module.css'

interface AftersalesViewProps {
  search: AftersalesSearch
  onSearch: (next: AftersalesSearch) => void
}

/** The after-sale workbench: every shop's cases, the nearest deadline first, each with what is recommended. */
export function AftersalesView({ search, onSearch }: AftersalesViewProps) {
  const { t } = useTranslation()
  const mayDecide = useCan()('refund.approve')
  const now = useNow()
  const shops = useShops()
  const tab = search.tab ?? 'requested'
  const [chosen, setChosen] = useState<Aftersale[]>([])
  const [deciding, setDeciding] = useState<{ one: Aftersale; approve: boolean } | null>(null)
  const [agreeing, setAgreeing] = useState<Aftersale[] | null>(null)
  const counts = useQuery({ queryKey: ['aftersales', 'counts'], queryFn: ({ signal }) => api.get('/aftersales/counts', { signal }), refetchInterval: 30_000 })
  const late = search.overdue ? new Date(now).toISOString() : ''
  const list = useInfiniteQuery({
    queryKey: ['aftersales', 'list', tab, { ...search, tab: undefined }, late],
    queryFn: ({ pageParam, signal }) => api.get('/aftersales', { query: { ...filterOf(search, tab, late), limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    placeholderData: (before) => before,
    refetchInterval: 30_000,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  // A decision elsewhere takes a case out of the choice; what is left is what the server still shows.
  const picked = chosen.map((c) => rows.find((r) => r.id === c.id)).filter((c) => c?.decidable) as Aftersale[]
  const narrow = (next: Partial<AftersalesSearch>) => onSearch({ ...search, ...next })
  const filtered = Boolean(search.shop_id || search.kind || search.reason || search.min || search.max || search.overdue || search.no)
  return (
    <>
      <Tabs
        label={t('aftersales.title')}
        value={tab}
        onChange={(next) => {
          setChosen([])
          narrow({ tab: next === 'requested' ? undefined : next })
        }}
        items={CASE_TABS.filter((key) => key !== 'unknown' || tab === 'unknown' || (counts.data?.states.unknown ?? 0) > 0).map((key) => {
          const state = STATES[key][0]
          const open = key === 'done' || key === 'ended' || key === 'all' ? undefined : state ? (counts.data ? (counts.data.states[state] ?? 0) : null) : undefined
          return { key, label: t(`aftersales.tab.${key}`), count: open }
        })}
      />
      <Page title={t('aftersales.title')} hint={counts.data && counts.data.overdue > 0 ? t('aftersales.overdue_n', { count: counts.data.overdue }) : t('aftersales.hint')} actions={<Link to="/returns">{t('aftersales.to_returns')}</Link>}>
        <Panel flush>
          <div className={css.bar}>
            <Pick label={t('aftersales.shop')} options={shops.map((s) => ({ value: s.id, label: s.name }))} value={search.shop_id ?? []} onChange={(v) => narrow({ shop_id: v.length ? v : undefined })} />
            <Pick label={t('aftersales.kind_title')} options={KINDS.map((k) => ({ value: k, label: t(`aftersales.kind.${k}`) }))} value={search.kind ?? []} onChange={(v) => narrow({ kind: v.length ? v : undefined })} />
            <Narrow label={t('aftersales.reason')} value={search.reason} onChange={(reason) => narrow({ reason })} />
            <Narrow label={t('aftersales.min')} value={search.min} onChange={(min) => narrow({ min })} short />
            <Narrow label={t('aftersales.max')} value={search.max} onChange={(max) => narrow({ max })} short />
            <Narrow label={t('aftersales.any_no')} value={search.no} onChange={(no) => narrow({ no })} />
            <button type="button" className={css.chip} aria-pressed={search.overdue === true} onClick={() => narrow({ overdue: search.overdue ? undefined : true })}>
              {t('aftersales.overdue')}
            </button>
            {filtered ? <Button onClick={() => onSearch({ tab: search.tab })}>{t('aftersales.reset')}</Button> : null}
            {mayDecide && picked.length > 0 ? (
              <Button type="primary" onClick={() => setAgreeing(picked)}>
                {t('aftersales.agree_n', { count: picked.length })}
              </Button>
            ) : null}
          </div>
          {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
          {list.isPending ? <Skeleton /> : null}
          {list.data ? (
            <div aria-busy={list.isPlaceholderData} className={list.isPlaceholderData ? css.dimmed : undefined}>
              <DataTable
                label={t(`aftersales.tab.${tab}`)}
                rows={rows}
                rowKey={(c) => c.id}
                empty={
                  <Empty title={filtered ? t('aftersales.none_found') : t(`aftersales.none.${tab}`)}>
                    {filtered ? <Button onClick={() => onSearch({ tab: search.tab })}>{t('aftersales.reset')}</Button> : tab === 'all' ? <Link to="/sync">{t('aftersales.to_sync')}</Link> : <Button onClick={() => onSearch({ tab: 'all' })}>{t('aftersales.see_all')}</Button>}
                  </Empty>
                }
                columns={[
                  ...(mayDecide && (tab === 'requested' || tab === 'receiving')
                    ? [
                        {
                          key: 'pick',
                          title: <input type="checkbox" aria-label={t('aftersales.pick_all')} checked={picked.length > 0 && rows.every((r) => !r.decidable || picked.includes(r))} onChange={(e) => setChosen(e.target.checked ? rows.filter((r) => r.decidable) : [])} />,
                          render: (c: Aftersale) => (
                            <input type="checkbox" aria-label={t('aftersales.pick', { no: c.case_no })} disabled={!c.decidable} checked={picked.includes(c)} onChange={(e) => setChosen(e.target.checked ? [...picked, c] : picked.filter((p) => p.id !== c.id))} />
                          ),
                        },
                      ]
                    : []),
                  {
                    key: 'no',
                    title: t('aftersales.case_no'),
                    render: (c) => (
                      <span className={css.lines}>
                        <Link to="/aftersales/$id" params={{ id: c.id }}>
                          {c.case_no}
                        </Link>
                        <ShopName shopId={c.shop_id} />
                        <Time at={c.opened_at} />
                      </span>
                    ),
                  },
                  {
                    key: 'order',
                    title: t('aftersales.order'),
                    render: (c) => (
                      <span className={css.lines}>
                        <OrderLink one={c} />
                        {c.lines.slice(0, 2).map((l) => (
                          <Goods key={l.line_id} line={l} asked />
                        ))}
                        {c.lines.length > 2 ? <span className={css.muted}>{t('aftersales.more_lines', { count: c.lines.length - 2 })}</span> : null}
                      </span>
                    ),
                  },
                  {
                    key: 'kind',
                    title: t('aftersales.what'),
                    render: (c) => (
                      <span className={css.lines}>
                        <span className={css.tags}>
                          {t(`aftersales.kind.${c.kind}`)} <StateTag one={c} />
                        </span>
                        <span className={css.muted}>{c.reason || '\u2013'}</span>
                      </span>
                    ),
                  },
                  { key: 'amount', title: t('aftersales.amount'), align: 'right', render: (c) => <Money fen={c.refund_fen} strong /> },
                  { key: 'parcel', title: t('aftersales.parcel_title'), render: (c) => <ParcelCell one={c} /> },
                  { key: 'due', title: t('aftersales.due'), render: (c) => (c.state === 'requested' || c.state === 'receiving' || c.state === 'returning' ? c.respond_by_at ? <SlaPill due={c.respond_by_at} /> : t('aftersales.no_deadline') : '\u2013') },
                  { key: 'advice', title: t('aftersales.advice_title'), render: (c) => <AdviceText one={c} /> },
                  { key: 'act', title: t('aftersales.actions'), align: 'right', render: (c) => <Actions one={c} mayDecide={mayDecide} onDecide={(approve) => setDeciding({ one: c, approve })} /> },
                ]}
              />
            </div>
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
      {deciding ? <DecideDialog one={deciding.one} approve={deciding.approve} onClose={() => setDeciding(null)} /> : null}
      {agreeing ? <AgreeDialog cases={agreeing} onDone={() => setChosen([])} onClose={() => setAgreeing(null)} /> : null}
    </>
  )
}

/** A field of the filter; what is typed counts once Enter ends it or the field is left. */
function Narrow({ label, value, short, onChange }: { label: string; value: string | undefined; short?: boolean; onChange: (value: string | undefined) => void }) {
  const [text, setText] = useState(value ?? '')
  const [shown, setShown] = useState(value)
  if (shown !== value) {
    setShown(value)
    setText(value ?? '')
  }
  const commit = (next: string) => onChange(next.trim() || undefined)
  return (
    <span onBlur={() => (text.trim() !== (value ?? '') ? commit(text) : undefined)}>
      <TextBox label={label} width={short ? 108 : 190} maxLength={64} value={text} onChange={setText} onEnter={() => commit(text)} onClear={() => commit('')} />
    </span>
  )
}

/** The recommended decision as the button, what else can be done beside it. */
export function Actions({ one, mayDecide, onDecide }: { one: Aftersale; mayDecide: boolean; onDecide: (approve: boolean) => void }) {
  const { t } = useTranslation()
  if (one.advice === 'inspect') {
    return (
      <Link to="/returns" search={{ code: one.return_waybill || one.case_no }}>
        {t('aftersales.act.inspect')}
      </Link>
    )
  }
  const agree = one.advice === 'refuse' || one.advice === 'person' ? undefined : 'primary'
  return (
    <span className={css.acts}>
      <AnswerTag one={one} />
      {mayDecide && one.decidable ? (
        <>
          {one.advice === 'refuse' ? (
            <>
              <Button type="primary" onClick={() => onDecide(false)}>
                {t('aftersales.act.refuse')}
              </Button>
              <Button onClick={() => onDecide(true)}>{t('aftersales.act.agree')}</Button>
            </>
          ) : (
            <>
              <Button type={agree} onClick={() => onDecide(true)}>
                {one.state === 'receiving' ? t('aftersales.act.confirm') : one.kind === 'return' ? t('aftersales.act.agree_return') : t('aftersales.act.agree')}
              </Button>
              <Button onClick={() => onDecide(false)}>{t('aftersales.act.refuse')}</Button>
            </>
          )}
        </>
      ) : null}
    </span>
  )
}
