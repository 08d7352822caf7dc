import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMayOpen } from '@/lib/access'
import { useNow } from '@/lib/clock'
import { defined } from '@/lib/defined'
import { groupDigits } from '@/lib/format'
import { useShops, useWarehouses, waitingCountQuery } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { Page } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { BatchDrawer } from './BatchDrawer'
import { OutBar } from './OutBar'
import { Batches } from './Batches'
import { COUNTS_UP_TO, grouped, printable } from './group'
import css from './print.module.css'
import { PrintPanel } from './PrintPanel'
import { queueQuery, type Waiting } from './queries'
import { QueueTable } from './QueueTable'
import { RunProgress } from './RunProgress'
import { BUCKETS, PRINT_TABS, type Bucket, type PrintSearch } from './search'
import { useCarrierName } from './useCarrierName'

interface PrintViewProps {
  search: PrintSearch
  onSearch: (next: PrintSearch) => void
}

/** Screen 5: what waits for paper, how it is printed, and what came of it. */
export function PrintView({ search, onSearch }: PrintViewProps) {
  const { t } = useTranslation()
  const tab = search.tab ?? 'unprinted'
  const bucket: Bucket = tab === 'batches' ? 'unprinted' : tab
  const filter = { bucket, warehouse_id: search.warehouse_id, shop_id: search.shop_id, carrier: search.carrier, wave: search.wave }
  const queue = useQuery(queueQuery(filter))
  const counts = queue.data?.counts
  const mayOpen = useMayOpen()
  const change = (next: Partial<PrintSearch>) => onSearch({ ...search, ...next })
  return (
    <>
      <Tabs
        label={t('print.title')}
        value={tab}
        onChange={(key) => change({ tab: key })}
        items={PRINT_TABS.map((key) => ({
          key,
          label: t(`print.tab.${key}`),
          count: key === 'batches' ? undefined : counts ? `${groupDigits(counts[key] ?? 0)}${queue.data?.more ? '+' : ''}` : null,
        }))}
      />
      {tab === 'batches' ? (
        <Batches onOpen={(batch) => change({ batch })} onStart={() => change({ tab: 'unprinted' })} />
      ) : (
        <Page title={t(`print.tab.${tab}`)} hint={t(`print.hint.${tab}`)} actions={
            <>
              {tab === 'mergeable' && mayOpen('/merge') ? <Link to="/merge">{t('print.to_merge')}</Link> : null}
              <Narrow search={search} onChange={change} />
            </>
          }>
          {tab === 'problem' ? <Short /> : null}
          {queue.data?.more ? <p className={css.notice}>{t('print.more', { n: groupDigits(COUNTS_UP_TO) })}</p> : null}
          <QueryState query={queue}>
            {(data) => (
              <Work
                key={bucket}
                rows={data.items}
                total={data.total}
                bucket={bucket}
                wave={search.wave}
                run={search.run}
                onRun={(run) => change({ run })}
                onBatch={(batch) => change({ batch })}
                filter={defined({ bucket: 'printed', warehouse_id: search.warehouse_id ? [search.warehouse_id] : undefined, shop_id: search.shop_id ? [search.shop_id] : undefined, carrier: search.carrier, wave: search.wave })}
                empty={
                  <Empty title={t(`print.none.${bucket}`)}>
                    {BUCKETS.filter((b) => b !== bucket && (counts?.[b] ?? 0) > 0).map((b) => (
                      <Button key={b} onClick={() => change({ tab: b })}>
                        {t('print.see', { tab: t(`print.tab.${b}`), n: groupDigits(counts?.[b] ?? 0) })}
                      </Button>
                    ))}
                    {data.total === 0 && BUCKETS.every((b) => (counts?.[b] ?? 0) === 0) ? (
                      <Link to="/orders" search={{ tab: 'awaiting_shipment' }}>
                        {t('print.see_orders')}
                      </Link>
                    ) : null}
                    {search.carrier || search.warehouse_id || search.shop_id || search.wave ? <Button onClick={() => onSearch({ tab: search.tab })}>{t('common.reset')}</Button> : null}
                  </Empty>
                }
              />
            )}
          </QueryState>
        </Page>
      )}
      {search.batch ? <BatchDrawer id={search.batch} onOpen={(batch) => change({ batch })} onClose={() => change({ batch: undefined })} /> : null}
    </>
  )
}

/** Orders without goods have no parcel yet: how many wait, and where they are. */
function Short() {
  const { t } = useTranslation()
  const may = useCan()('fulfillment.read')
  const waiting = useQuery({ ...waitingCountQuery, enabled: may }).data
  if (!waiting || waiting.orders === 0) return null
  return (
    <p className={css.notice}>
      {t('print.short', { count: waiting.orders, n: groupDigits(waiting.orders) })} <Link to="/waiting">{t('print.see_short')}</Link>
    </p>
  )
}

function Narrow({ search, onChange }: { search: PrintSearch; onChange: (next: Partial<PrintSearch>) => void }) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  const shops = useShops()
  const { options } = useCarrierName()
  return (
    <>
      {search.wave ? <Button onClick={() => onChange({ wave: undefined })}>{t('print.not_wave', { code: search.wave })}</Button> : null}
      <Select allowClear className={css.narrow} aria-label={t('print.carrier')} placeholder={t('print.all_carriers')} value={search.carrier} options={[{ value: 'none', label: t('print.no_carrier') }, ...options]} showSearch={{ optionFilterProp: 'label' }} onChange={(carrier?: string) => onChange({ carrier })} />
      {warehouses.length > 1 ? (
        <Select allowClear className={css.narrow} aria-label={t('print.warehouse')} placeholder={t('print.all_warehouses')} value={search.warehouse_id} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={(warehouse_id?: string) => onChange({ warehouse_id })} />
      ) : null}
      {shops.length > 1 ? (
        <Select allowClear className={css.narrow} aria-label={t('print.shop')} placeholder={t('print.all_shops')} value={search.shop_id} options={shops.map((s) => ({ value: s.id, label: s.name }))} showSearch={{ optionFilterProp: 'label' }} onChange={(shop_id?: string) => onChange({ shop_id })} />
      ) : null}
    </>
  )
}

interface WorkProps {
  rows: Waiting[]
  total: number
  bucket: Bucket
  wave: string | undefined
  run: string | undefined
  onRun: (id: string | undefined) => void
  onBatch: (id: string) => void
  /** All that is printed, within what the page is narrowed to. */
  filter: object
  empty: React.ReactNode
}

const NOBODY: ReadonlySet<string> = new Set()

/** The list with its choice, and the panel that prints it. */
function Work({ rows, total, bucket, wave, run, onRun, onBatch, filter, empty }: WorkProps) {
  const { t } = useTranslation()
  const now = useNow()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NOBODY)
  const groups = useMemo(() => grouped(rows), [rows])
  const may = useMemo(() => new Set(rows.filter((r) => printable(r, now)).map((r) => r.id)), [rows, now])
  // Rows that left the list since are no longer chosen.
  const selected = useMemo(() => rows.filter((r) => chosen.has(r.id) && may.has(r.id)), [rows, chosen, may])
  const select = (ids: string[], on: boolean) =>
    setChosen((before) => {
      const next = new Set(before)
      for (const id of ids) {
        if (on && may.has(id)) next.add(id)
        else next.delete(id)
      }
      return next
    })
  return (
    <div className={css.work}>
      <div className={css.list}>
        {total > rows.length ? <p className={css.notice}>{t('print.first_of', { n: groupDigits(rows.length), total: groupDigits(total) })}</p> : null}
        {rows.length > 0 ? <OutBar bucket={bucket} selected={selected.map((r) => r.id)} total={total} filter={filter} onDone={() => setChosen(NOBODY)} /> : null}
        {rows.length === 0 ? empty : <QueueTable groups={groups} bucket={bucket} chosen={chosen} may={may} onSelect={select} onBatch={onBatch} />}
      </div>
      <div className={css.side}>
        {run ? <RunProgress id={run} onBatch={onBatch} onRun={onRun} /> : null}
        <PrintPanel
          selected={selected}
          keep={wave !== undefined}
          onStarted={(id) => {
            setChosen(NOBODY)
            onRun(id)
          }}
        />
      </div>
    </div>
  )
}
