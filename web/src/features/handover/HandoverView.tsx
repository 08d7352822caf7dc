import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api, apiUrl } from '@/lib/api/client'
import type { Handover } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { carriersQuery, nameOf, useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { ageOf } from './age'
import { HandoverDesk } from './HandoverDesk'
import { policyQuery, ScansDialog, USUAL_DAYS } from './Scans'
import type { HandoverSearch } from './search'
import css from './handover.module.css'

interface Props {
  search: HandoverSearch
  onSearch: (next: HandoverSearch) => void
}

/** Parcels into the courier's hands: handovers, and what waits for one. */
export function HandoverView({ search, onSearch }: Props) {
  const { t } = useTranslation()
  const tab = search.tab ?? 'list'
  const navigate = useNavigate()
  // A phone gets the page that is made for one.
  const open = (id: string) => (matchMedia('(max-width: 640px)').matches ? void navigate({ to: '/handover/$id', params: { id } }) : onSearch({ id }))
  if (search.id) return <HandoverDesk key={search.id} id={search.id} onBack={() => onSearch({})} />
  return (
    <>
      <Tabs
        label={t('handover.title')}
        value={tab}
        onChange={(key) => onSearch({ tab: key })}
        items={[
          { key: 'list', label: t('handover.tab_list') },
          { key: 'waiting', label: t('handover.tab_waiting') },
        ]}
      />
      {tab === 'list' ? <Handovers onOpen={open} /> : <Waiting carrier={search.carrier} onCarrier={(carrier) => onSearch({ tab: 'waiting', carrier })} />}
    </>
  )
}

function hoursText(t: TFunction, at: string | null, now: number): string {
  const count = at ? Math.floor((now - Date.parse(at)) / 3_600_000) : 0
  return count < 1 ? t('handover.under_hour') : t('handover.hours', { count })
}

function useCarrierName(): (code: string) => string {
  const carriers = useQuery(carriersQuery).data
  return (code) => {
    const known = carriers?.find((c) => c.code === code)
    return known ? nameOf(known) : code
  }
}

function Handovers({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const may = useCan()('packing.handover')
  const [beginning, setBeginning] = useState(false)
  const name = useCarrierName()
  const warehouses = useWarehouses()
  const list = useInfiniteQuery({
    queryKey: ['handovers'],
    queryFn: ({ pageParam, signal }) => api.get('/handovers', { query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items)
  const begin = may ? (
    <Button type="primary" onClick={() => setBeginning(true)}>
      {t('handover.begin')}
    </Button>
  ) : null
  return (
    <Page title={t('handover.title')} hint={t('handover.hint')} actions={begin}>
      <Panel flush>
        <QueryState query={{ ...list, data: rows }}>
          {(all) => (
            <DataTable
              label={t('handover.tab_list')}
              rows={all}
              rowKey={(h) => h.id}
              empty={
                <Empty title={t('handover.none')}>
                  <span>{t('handover.none_next')}</span>
                </Empty>
              }
              columns={[
                { key: 'carrier', title: t('handover.carrier'), render: (h) => name(h.carrier) },
                { key: 'warehouse', title: t('handover.warehouse'), render: (h) => warehouses.find((w) => w.id === h.warehouse_id)?.name ?? '\u2013' },
                { key: 'state', title: t('handover.state'), render: (h) => <Tag tone={h.state === 'open' ? 'blue' : 'green'}>{t(`handover.state_${h.state}`)}</Tag> },
                { key: 'parcels', title: t('handover.parcels'), align: 'right', render: (h) => h.parcels },
                { key: 'by', title: t('handover.by'), render: (h) => h.by_name },
                { key: 'opened', title: t('handover.opened_at'), render: (h) => <Time at={h.opened_at} /> },
                { key: 'closed', title: t('handover.closed_at'), render: (h) => <Time at={h.closed_at} /> },
                {
                  key: 'act',
                  title: t('handover.act'),
                  align: 'right',
                  render: (h) => (
                    <span className={css.acts}>
                      {h.state === 'open' && may ? (
                        <Button size="small" type="primary" onClick={() => onOpen(h.id)}>
                          {t('handover.go_on')}
                        </Button>
                      ) : null}
                      <PdfButton handover={h} />
                    </span>
                  ),
                },
              ]}
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
      {beginning ? <BeginDialog onDone={(h) => onOpen(h.id)} onClose={() => setBeginning(false)} /> : null}
    </Page>
  )
}

function PdfButton({ handover }: { handover: Handover }) {
  const { t } = useTranslation()
  return (
    <Button size="small" href={apiUrl(`/handovers/${handover.id}/list.pdf`)} target="_blank" rel="noopener" disabled={handover.parcels === 0}>
      {t('handover.pdf')}
    </Button>
  )
}

function BeginDialog({ onDone, onClose }: { onDone: (h: Handover) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const carriers = useQuery(carriersQuery).data ?? []
  const warehouses = useWarehouses()
  const [carrier, setCarrier] = useState<string>()
  const [warehouse, setWarehouse] = useState<string>()
  const at = warehouse ?? warehouses[0]?.id
  const begin = useAction({
    run: (body: { carrier: string; warehouse_id: string }, key) => api.post('/handovers', body, { key }),
    invalidates: [['handovers']],
    onSuccess: onDone,
  })
  return (
    <FormDialog
      title={t('handover.begin_title')}
      action={t('handover.begin_action')}
      valid={Boolean(carrier && at)}
      saving={begin.isPending}
      error={begin.error}
      onSave={() => carrier && at && begin.mutate({ carrier, warehouse_id: at })}
      onClose={onClose}
    >
      <Field label={t('handover.carrier')}>
        <Select autoFocus showSearch={{ optionFilterProp: 'label' }} aria-label={t('handover.carrier')} value={carrier} onChange={setCarrier} options={carriers.map((c) => ({ value: c.code, label: nameOf(c) }))} />
      </Field>
      <Field label={t('handover.warehouse')}>
        <Select aria-label={t('handover.warehouse')} value={at} onChange={setWarehouse} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} />
      </Field>
    </FormDialog>
  )
}

/** Shipped on the books, still in the house: the longest first. */
function Waiting({ carrier, onCarrier }: { carrier: string | undefined; onCarrier: (code: string | undefined) => void }) {
  const { t } = useTranslation()
  const [gone, setGone] = useState(false)
  const [setting, setSetting] = useState(false)
  const may = useCan()('packing.force')
  const policy = useQuery(policyQuery).data
  const days = policy?.here_days ?? USUAL_DAYS
  const carriers = useQuery(carriersQuery).data ?? []
  const name = useCarrierName()
  const warehouses = useWarehouses()
  const now = useNow()
  const list = useInfiniteQuery({
    queryKey: ['handovers', 'waiting', carrier, gone],
    queryFn: ({ pageParam, signal }) => api.get('/handover-waiting', { query: { limit: 100, cursor: pageParam, carrier, gone }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: 60_000,
  })
  const rows = list.data?.pages.flatMap((p) => p.items)
  return (
    <Page
      title={t('handover.tab_waiting')}
      hint={gone ? t('handover.gone_hint', { count: days }) : t('handover.waiting_hint', { count: days })}
      actions={
        <>
          <Select
            allowClear
            className={css.pick}
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('handover.carrier')}
            placeholder={t('handover.any_carrier')}
            value={carrier}
            onChange={onCarrier}
            options={carriers.map((c) => ({ value: c.code, label: nameOf(c) }))}
          />
          <Select
            className={css.pick}
            aria-label={t('handover.which')}
            value={gone}
            onChange={setGone}
            options={[
              { value: false, label: t('handover.which_here') },
              { value: true, label: t('handover.which_gone', { count: days }) },
            ]}
          />
          {may && policy ? <Button onClick={() => setSetting(true)}>{t('handover.settings')}</Button> : null}
        </>
      }
    >
      {setting && policy ? <ScansDialog key={policy.version} policy={policy} onClose={() => setSetting(false)} /> : null}
      <Panel flush>
        <QueryState query={{ ...list, data: rows }}>
          {(all) => (
            <DataTable
              label={t('handover.tab_waiting')}
              rows={all}
              rowKey={(w) => `${w.waybill_no} ${w.order_id}`}
              rowTone={(w) => (!gone && ageOf(w.shipped_at, now) === 'late' ? 'bad' : undefined)}
              empty={<Empty title={gone ? t('handover.nothing_gone') : carrier ? t('handover.nothing_waits_carrier') : t('handover.nothing_waits')} />}
              columns={[
                {
                  key: 'age',
                  title: t('handover.waits'),
                  render: (w) => {
                    const age = ageOf(w.shipped_at, now)
                    return <Tag tone={age === 'late' ? 'red' : age === 'long' ? 'amber' : 'plain'}>{hoursText(t, w.shipped_at, now)}</Tag>
                  },
                },
                { key: 'no', title: t('handover.waybill_no'), render: (w) => w.waybill_no },
                { key: 'carrier', title: t('handover.carrier'), render: (w) => name(w.carrier) },
                { key: 'warehouse', title: t('handover.warehouse'), render: (w) => warehouses.find((x) => x.id === w.warehouse_id)?.name ?? '\u2013' },
                { key: 'at', title: t('handover.shipped_at'), render: (w) => <Time at={w.shipped_at} /> },
                {
                  key: 'order',
                  title: t('handover.order'),
                  render: (w) => (
                    <Link to="/orders/$id" params={{ id: w.order_id }} className={css.link}>
                      {w.channel_order_no}
                    </Link>
                  ),
                },
              ]}
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
    </Page>
  )
}
