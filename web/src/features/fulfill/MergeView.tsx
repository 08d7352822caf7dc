import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { MergeMember, MergePrompt, MergeSuggestion } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useShops, useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { SlaPill } from '@/ui/SlaPill'
import { Empty, QueryState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { EDIT_KEYS, promptsQuery, suggestionsQuery } from './api'
import css from './fulfill.module.css'
import { MergeManyDialog, type MergeTarget } from './MergeManyDialog'
import { PolicyDialog } from './PolicyDialog'
import { MERGE_TABS, type MergeSearch } from './search'
import { useDone } from './useUndo'

interface MergeViewProps {
  search: MergeSearch
  onSearch: (next: MergeSearch) => void
}

/** What could travel in one parcel: suggestions to merge, and new orders that fit a printed one. */
export function MergeView({ search, onSearch }: MergeViewProps) {
  const { t } = useTranslation()
  const tab = search.tab ?? 'suggestions'
  const suggestions = useQuery(suggestionsQuery)
  const prompts = useQuery(promptsQuery)
  const [policy, setPolicy] = useState(false)
  const counts = {
    suggestions: suggestions.data ? `${groupDigits(suggestions.data.items.length)}${suggestions.data.more ? '+' : ''}` : null,
    prompts: prompts.data ? `${groupDigits(prompts.data.items.length)}${prompts.data.next_cursor ? '+' : ''}` : null,
  }
  return (
    <>
      <Tabs label={t('fulfill.page.title')} value={tab} onChange={(key) => onSearch({ tab: key })} items={MERGE_TABS.map((key) => ({ key, label: t(`fulfill.tab.${key}`), count: counts[key] }))} />
      <Page title={t(`fulfill.tab.${tab}`)} hint={t(`fulfill.tab_hint.${tab}`)} actions={<Button onClick={() => setPolicy(true)}>{t('fulfill.policy.title')}</Button>}>
        {tab === 'suggestions' ? (
          <QueryState query={suggestions}>{(data) => <Suggestions all={data.items} more={data.more} />}</QueryState>
        ) : (
          <QueryState query={prompts}>{(data) => <Prompts all={data.items} />}</QueryState>
        )}
      </Page>
      {policy ? <PolicyDialog onClose={() => setPolicy(false)} /> : null}
    </>
  )
}

/** A suggestion is known by its first fulfillment order. */
const keyOf = (s: MergeSuggestion) => s.members[0]?.id ?? ''

function Suggestions({ all, more }: { all: MergeSuggestion[]; more: boolean }) {
  const { t } = useTranslation()
  const may = useCan()('fulfillment.merge')
  const done = useDone()
  const toast = useToast()
  const [chosen, setChosen] = useState<string[]>([])
  const [target, setTarget] = useState<MergeTarget | null>(null)
  const here = all.filter((s) => chosen.includes(keyOf(s)))
  const merge = useAction({
    run: (ids: string[], key) => api.post('/fulfillment-orders/merge', { ids }, { key }),
    invalidates: EDIT_KEYS,
    onSuccess: (out) => done(t('fulfill.merge.done', { count: out.before.length }), out.edit_id),
    onError: toast.bad,
  })
  const toggle = (s: MergeSuggestion, on: boolean) => setChosen(on ? [...chosen, keyOf(s)] : chosen.filter((k) => k !== keyOf(s)))
  return (
    <Panel
      flush
      title={t('fulfill.suggestions', { count: all.length, n: groupDigits(all.length) })}
      note={more ? t('fulfill.more') : undefined}
      actions={
        may && all.length > 0 ? (
          <>
            <Button disabled={here.length === 0} onClick={() => setTarget({ groups: here.map((s) => s.members.map((m) => m.id)) })}>
              {t('fulfill.merge_chosen', { count: here.length })}
            </Button>
            <Button type="primary" onClick={() => setTarget({ all: true })}>
              {t('fulfill.merge_all')}
            </Button>
          </>
        ) : null
      }
    >
      <DataTable
        label={t('fulfill.tab.suggestions')}
        rows={all}
        rowKey={keyOf}
        empty={
          <Empty title={t('fulfill.nothing')}>
            {t('fulfill.nothing_hint')} <Link to="/orders" search={{ tab: 'awaiting_shipment' }}>{t('fulfill.see_orders')}</Link>
          </Empty>
        }
        columns={[
          ...(may
            ? [
                {
                  key: 'choose',
                  title: <input type="checkbox" aria-label={t('fulfill.choose_all')} checked={here.length === all.length} onChange={(e) => setChosen(e.target.checked ? all.map(keyOf) : [])} />,
                  width: 36,
                  render: (s: MergeSuggestion) => <input type="checkbox" aria-label={t('fulfill.choose', { who: s.members[0]?.receiver ?? '' })} checked={chosen.includes(keyOf(s))} onChange={(e) => toggle(s, e.target.checked)} />,
                },
              ]
            : []),
          { key: 'who', title: t('fulfill.receiver'), render: (s) => <Receiver m={s.members[0]} /> },
          { key: 'orders', title: t('fulfill.orders'), render: (s) => <Members all={s.members} apart={s.apart} /> },
          { key: 'pieces', title: t('fulfill.col_pieces'), align: 'right', render: (s) => s.members.reduce((n, m) => n + m.pieces, 0) },
          { key: 'due', title: t('fulfill.due'), render: (s) => (s.ship_by_at ? <SlaPill due={s.ship_by_at} /> : '\u2013') },
          {
            key: 'wait',
            title: t('fulfill.wait'),
            render: (s) =>
              s.ready ? (
                <Tag tone="green">{t('fulfill.ready')}</Tag>
              ) : (
                <>
                  {t('fulfill.waits_until')} <Time at={s.ready_at} />
                </>
              ),
          },
          ...(may
            ? [
                {
                  key: 'do',
                  title: t('fulfill.do'),
                  render: (s: MergeSuggestion) => (
                    <Button loading={merge.isPending && merge.variables?.[0] === keyOf(s)} onClick={() => merge.mutate(s.members.map((m) => m.id))}>
                      {t('fulfill.merge.go', { count: s.members.length })}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {target ? <MergeManyDialog target={target} onClose={() => setTarget(null)} onStarted={() => setChosen([])} /> : null}
    </Panel>
  )
}

function Receiver({ m }: { m: MergeSuggestion['members'][number] | undefined }) {
  const warehouse = useWarehouses().find((w) => w.id === m?.warehouse_id)
  const shop = useShops().find((s) => s.id === m?.shop_id)
  if (!m) return null
  return (
    <div className={css.members}>
      <span>{m.receiver || '\u2013'}</span>
      <small>{m.place}</small>
      <small>{[shop?.name, warehouse?.name].filter(Boolean).join(' \u00b7 ')}</small>
    </div>
  )
}

function Members({ all, apart }: { all: MergeSuggestion['members']; apart: MergeSuggestion['apart'] }) {
  const { t } = useTranslation()
  return (
    <div className={css.members}>
      {all.map((m) => (
        <Numbers key={m.id} m={m} />
      ))}
      {(apart as MergeMember[]).map((m) => (
        <small key={m.id}>
          {t('fulfill.apart', { no: m.order_nos.join(', ') })} {m.why_not?.message}
        </small>
      ))}
    </div>
  )
}

/** The orders of a fulfillment order, each a way to its page. */
function Numbers({ m }: { m: MergeSuggestion['members'][number] }) {
  return (
    <span>
      {m.order_ids.map((id, i) => (
        <Link key={id} to="/orders/$id" params={{ id }}>
          {m.order_nos[i] ?? id}
          {i < m.order_ids.length - 1 ? ', ' : ''}
        </Link>
      ))}
    </span>
  )
}

function Prompts({ all }: { all: MergePrompt[] }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('fulfillment.merge')
  const answer = useAction({
    run: (p: { id: string; answer: 'append' | 'apart' }, key) => api.post('/merge-prompts/{id}/answer', { answer: p.answer }, { path: { id: p.id }, key }),
    invalidates: EDIT_KEYS,
    onSuccess: (_, p) => toast.ok(t(`fulfill.prompt.done.${p.answer}`)),
    onError: toast.bad,
  })
  const busy = (id: string, what: string) => answer.isPending && answer.variables?.id === id && answer.variables.answer === what
  return (
    <Panel flush title={t('fulfill.prompts', { count: all.length, n: groupDigits(all.length) })}>
      <DataTable
        label={t('fulfill.tab.prompts')}
        rows={all}
        rowKey={(p) => p.new.id}
        empty={<Empty title={t('fulfill.prompt.nothing')}>{t('fulfill.prompt.nothing_hint')}</Empty>}
        columns={[
          { key: 'who', title: t('fulfill.receiver'), render: (p) => <Receiver m={p.new} /> },
          {
            key: 'new',
            title: t('fulfill.prompt.new'),
            render: (p) => (
              <div className={css.members}>
                <Numbers m={p.new} />
                <small>{t('fulfill.pieces', { count: p.new.pieces })}</small>
              </div>
            ),
          },
          {
            key: 'sealed',
            title: t('fulfill.prompt.sealed'),
            render: (p) => (
              <div className={css.members}>
                <Numbers m={p.sealed} />
                <small>
                  {t('fulfill.pieces', { count: p.sealed.pieces })} {p.sealed.sealed ? t(`fulfill.sealed.${p.sealed.sealed}`) : ''}
                </small>
              </div>
            ),
          },
          { key: 'due', title: t('fulfill.due'), render: (p) => (p.sealed.ship_by_at ? <SlaPill due={p.sealed.ship_by_at} /> : '\u2013') },
          { key: 'at', title: t('fulfill.prompt.raised'), render: (p) => <Time at={p.raised_at} /> },
          ...(may
            ? [
                {
                  key: 'do',
                  title: t('fulfill.do'),
                  render: (p: MergePrompt) => (
                    <div className={css.buttons}>
                      <Button type="primary" loading={busy(p.new.id, 'append')} title={t('fulfill.prompt.append_hint')} onClick={() => answer.mutate({ id: p.new.id, answer: 'append' })}>
                        {t('fulfill.prompt.append')}
                      </Button>
                      <Button loading={busy(p.new.id, 'apart')} onClick={() => answer.mutate({ id: p.new.id, answer: 'apart' })}>
                        {t('fulfill.prompt.apart')}
                      </Button>
                    </div>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Panel>
  )
}
