import { DownOutlined, RightOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WaitingSku } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import { useShops, waitingCountQuery } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { SlaPill } from '@/ui/SlaPill'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { TextBox } from '@/ui/TextBox'
import { Time } from '@/ui/Time'
import { skusQuery } from './queries'
import { ReleaseDialog, type ReleaseTarget } from './ReleaseDialog'
import { filterOf, isNarrowed, OUTCOMES, type Outcome, type WaitingSearch } from './search'
import { SkuOrders } from './SkuOrders'
import css from './waiting.module.css'

interface WaitingViewProps {
  search: WaitingSearch
  onSearch: (next: WaitingSearch) => void
}

/** Orders that wait for goods, by the SKU they lack: what was agreed with each buyer, and who is served next. */
export function WaitingView({ search, onSearch }: WaitingViewProps) {
  const { t } = useTranslation()
  const can = useCan()
  const may = can('fulfillment.allocate')
  const count = useQuery(waitingCountQuery).data
  const list = useInfiniteQuery(skusQuery(search))
  const rows = list.data?.pages.flatMap((p) => p.items)
  const [at, setAt] = useState<string>()
  const [release, setRelease] = useState<ReleaseTarget | null>(null)
  const change = (next: Partial<WaitingSearch>) => onSearch({ ...search, ...next })
  const toggle = (id: string) => {
    setAt(id)
    change({ open: search.open === id ? undefined : id })
  }
  const step = (by: number) => () => {
    if (!rows?.length) return
    const now = rows.findIndex((k) => k.sku_id === at)
    const next = rows[Math.min(rows.length - 1, Math.max(0, now + by))]
    if (!next) return
    setAt(next.sku_id)
    document.getElementById(`sku-${next.sku_id}`)?.focus()
  }
  useKeys([
    { keys: KEY.next, run: step(1) },
    { keys: KEY.previous, run: step(-1) },
    { keys: KEY.open, run: () => at && toggle(at) },
  ])
  const hint = count ? t('waiting.hint', { count: count.orders, n: groupDigits(count.orders), overdue: groupDigits(count.overdue), ask: groupDigits(count.to_ask) }) : t('waiting.hint_unknown')
  return (
    <Page
      title={t('waiting.title')}
      hint={hint}
      actions={
        may && rows && rows.length > 0 ? (
          <Button type="primary" onClick={() => setRelease({ filter: filterOf(search) })}>
            {isNarrowed(search) ? t('waiting.release_found') : t('waiting.release_all')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <Filters search={search} onChange={change} />
        <QueryState query={{ ...list, data: rows }}>
          {(all) => (
            <DataTable
              label={t('waiting.by_sku')}
              rows={all}
              rowKey={(k) => k.sku_id}
              empty={<Nothing narrowed={isNarrowed(search)} onAll={() => onSearch({})} />}
              columns={[
                { key: 'sku', title: t('waiting.sku'), render: (k) => <Name sku={k} open={search.open === k.sku_id} onToggle={() => toggle(k.sku_id)} /> },
                { key: 'pieces', title: t('waiting.missing'), align: 'right', render: (k) => <b>{groupDigits(k.pieces)}</b> },
                { key: 'orders', title: t('waiting.orders'), align: 'right', render: (k) => groupDigits(k.orders) },
                { key: 'there', title: t('waiting.there'), align: 'right', render: (k) => <There sku={k} /> },
                { key: 'since', title: t('waiting.oldest'), render: (k) => <Time at={k.oldest_at} /> },
                { key: 'due', title: t('waiting.next_due'), render: (k) => (k.ship_by_at ? <SlaPill due={k.ship_by_at} /> : '\u2013') },
                { key: 'tags', title: t('waiting.state'), render: (k) => <Marks sku={k} /> },
                {
                  key: 'act',
                  title: t('waiting.act'),
                  align: 'right',
                  render: (k) => (
                    <span className={css.actsLine}>
                      {can('inventory.read') ? (
                        <Link to="/stock" search={{ q: k.sku_code }} className={css.link}>
                          {t('waiting.arrived')}
                        </Link>
                      ) : null}
                      {may ? (
                        <Button size="small" type={k.free > 0 ? 'primary' : 'default'} aria-label={t('waiting.release_sku', { code: k.sku_code })} onClick={() => setRelease({ filter: { ...filterOf(search), sku: undefined, sku_id: k.sku_id }, code: k.sku_code })}>
                          {t('waiting.release')}
                        </Button>
                      ) : null}
                    </span>
                  ),
                },
              ]}
              below={(k) => (search.open === k.sku_id ? <SkuOrders sku={k} search={search} onRelease={setRelease} /> : null)}
            />
          )}
        </QueryState>
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {release ? <ReleaseDialog target={release} onClose={() => setRelease(null)} /> : null}
    </Page>
  )
}

function Nothing({ narrowed, onAll }: { narrowed: boolean; onAll: () => void }) {
  const { t } = useTranslation()
  if (narrowed)
    return (
      <Empty title={t('waiting.none_found')}>
        <Button onClick={onAll}>{t('waiting.show_all')}</Button>
      </Empty>
    )
  return (
    <Empty title={t('waiting.none')}>
      <Link to="/orders" search={{ tab: 'awaiting_shipment' }} className={css.link}>
        {t('waiting.none_next')}
      </Link>
    </Empty>
  )
}

function Filters({ search, onChange }: { search: WaitingSearch; onChange: (next: Partial<WaitingSearch>) => void }) {
  const { t } = useTranslation()
  const shops = useShops()
  const [sku, setSku] = useState(search.sku ?? '')
  const find = (text: string) => onChange({ sku: text.trim() || undefined })
  return (
    <search className={css.bar}>
      <TextBox
        label={t('waiting.find_sku')}
        width={220}
        maxLength={100}
        value={sku}
        onChange={setSku}
        onEnter={() => find(sku)}
        onClear={() => {
          setSku('')
          find('')
        }}
      />
      <Select
        allowClear
        className={css.pick}
        aria-label={t('waiting.outcome')}
        placeholder={t('waiting.any_outcome')}
        value={search.outcome}
        options={OUTCOMES.map((value) => ({ value, label: t(`waiting.outcomes.${value}`) }))}
        onChange={(outcome?: Outcome) => onChange({ outcome })}
      />
      {shops.length > 1 ? (
        <Select
          allowClear
          mode="multiple"
          className={css.pick}
          aria-label={t('waiting.shop')}
          placeholder={t('waiting.all_shops')}
          value={search.shop_id ?? []}
          options={shops.map((s) => ({ value: s.id, label: s.name }))}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={(all: string[]) => onChange({ shop_id: all.length > 0 ? all : undefined })}
        />
      ) : null}
      <label className={css.check}>
        <input type="checkbox" checked={Boolean(search.overdue)} onChange={(e) => onChange({ overdue: e.target.checked || undefined })} /> {t('waiting.overdue_only')}
      </label>
      <label className={css.check}>
        <input type="checkbox" checked={Boolean(search.urgent)} onChange={(e) => onChange({ urgent: e.target.checked || undefined })} /> {t('waiting.urgent_only')}
      </label>
    </search>
  )
}

function Name({ sku, open, onToggle }: { sku: WaitingSku; open: boolean; onToggle: () => void }) {
  return (
    <button id={`sku-${sku.sku_id}`} type="button" className={css.name} aria-expanded={open} onClick={onToggle}>
      {open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}
      <span>
        <strong>{sku.sku_code || sku.sku_id}</strong>
        <small>{sku.name}</small>
      </span>
    </button>
  )
}

/** What of it is there, and how many pieces nothing is there for. */
function There({ sku }: { sku: WaitingSku }) {
  const { t } = useTranslation()
  return (
    <span className={css.there}>
      <span>{t('waiting.free_of', { free: groupDigits(sku.free), n: groupDigits(sku.on_hand) })}</span>
      {sku.short > 0 ? <small className={css.short}>{t('waiting.short', { count: sku.short, n: groupDigits(sku.short) })}</small> : <small className={css.enough}>{t('waiting.enough')}</small>}
    </span>
  )
}

function Marks({ sku }: { sku: WaitingSku }) {
  const { t } = useTranslation()
  const n = (count: number) => ({ count, n: groupDigits(count) })
  return (
    <span className={css.marks}>
      {sku.overdue > 0 ? <Tag tone="red">{t('waiting.overdue', n(sku.overdue))}</Tag> : null}
      {sku.urgent > 0 ? <Tag tone="amber">{t('waiting.urgent', n(sku.urgent))}</Tag> : null}
      {sku.to_ask > 0 ? <Tag tone="blue">{t('waiting.to_ask', n(sku.to_ask))}</Tag> : null}
      {sku.unsettled > sku.to_ask ? <Tag>{t('waiting.unsettled', n(sku.unsettled - sku.to_ask))}</Tag> : null}
    </span>
  )
}
