import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api, apiUrl } from '@/lib/api/client'
import type { DropshipOrder, DropshipResult } from '@/lib/api/contract'
import { useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DropZone } from '@/ui/DropZone'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { DropshipTable } from './DropshipTable'
import { contentOf } from './file'
import { suppliersQuery } from './queries'
import { DROPSHIP_STATES, type DropshipSearch } from './search'
import css from './suppliers.module.css'

interface Props {
  search: DropshipSearch
  onSearch: (next: DropshipSearch) => void
}

/** Orders that suppliers ship: to be sent, at theirs, and come back. */
export function DropshipView({ search, onSearch }: Props) {
  const { t } = useTranslation()
  const may = useCan()('fulfillment.dropship')
  const state = search.state ?? 'ready'
  const suppliers = useQuery(suppliersQuery)
  const [picked, setPicked] = useState<string[]>([])
  const [result, setResult] = useState<DropshipResult | null>(null)
  const [shipping, setShipping] = useState<DropshipOrder | null>(null)
  const [moving, setMoving] = useState<DropshipOrder | null>(null)
  const [refusing, setRefusing] = useState(false)
  const [uploading, setUploading] = useState(false)
  const list = useInfiniteQuery({
    queryKey: ['dropship', state, search.supplier_id ?? ''],
    queryFn: ({ pageParam, signal }) => api.get('/dropship-orders', { query: { state, supplier_id: search.supplier_id, limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (p) => p.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items)
  const chosen = (rows ?? []).filter((r) => picked.includes(r.id))
  const senders = [...new Set(chosen.map((r) => r.supplier_id))]
  const to = senders.length === 1 ? senders[0] : undefined
  const done = (r: DropshipResult) => {
    setResult(r)
    setPicked([])
  }
  const send = useAction({
    run: (body: { supplier_id: string; ids: string[] }, key) => api.post('/dropship-orders/send', body, { key }),
    invalidates: [['dropship']],
    onSuccess: done,
  })
  const move = useAction({
    run: (body: { ids: string[]; state: 'accepted' | 'withdrawn' }, key) => api.post('/dropship-orders/move', body, { key }),
    invalidates: [['dropship']],
    onSuccess: done,
  })
  const go = (next: DropshipSearch) => {
    setPicked([])
    setResult(null)
    onSearch(next)
  }
  const nameOf = (id: string) => suppliers.data?.find((s) => s.id === id)?.name ?? '\u2013'
  const sendable = state === 'ready' || state === 'refused' || state === 'withdrawn'
  const there = state === 'sent' || state === 'accepted'
  return (
    <>
      <Tabs label={t('suppliers.dropship')} value={state} onChange={(key) => go({ ...search, state: key })} items={DROPSHIP_STATES.map((key) => ({ key, label: t(`suppliers.state_${key}`) }))} />
      <Page title={t('suppliers.dropship')} hint={t('suppliers.dropship_hint')}>
        <Panel flush>
          <div className={css.bar}>
            <Select
              allowClear
              value={search.supplier_id}
              placeholder={t('suppliers.any')}
              aria-label={t('suppliers.supplier')}
              options={(suppliers.data ?? []).map((s) => ({ value: s.id, label: s.name }))}
              onChange={(id: string | undefined) => go({ ...search, supplier_id: id })}
            />
            <span className={css.grow} />
            {may && sendable ? (
              <Button type="primary" disabled={!to} title={senders.length > 1 ? t('suppliers.one_supplier') : undefined} loading={send.isPending} onClick={() => to && send.mutate({ supplier_id: to, ids: picked })}>
                {to ? t('suppliers.send_to', { n: picked.length, name: nameOf(to) }) : t('suppliers.send')}
              </Button>
            ) : null}
            {may && there ? (
              <>
                {state === 'sent' ? (
                  <Button disabled={picked.length === 0} loading={move.isPending} onClick={() => move.mutate({ ids: picked, state: 'accepted' })}>
                    {t('suppliers.accepted_for')}
                  </Button>
                ) : null}
                <Button disabled={picked.length === 0} onClick={() => setRefusing(true)}>
                  {t('suppliers.refused_for')}
                </Button>
                <Button danger disabled={picked.length === 0} loading={move.isPending} onClick={() => move.mutate({ ids: picked, state: 'withdrawn' })}>
                  {t('suppliers.withdraw', { n: picked.length })}
                </Button>
                <Button disabled={!search.supplier_id} title={search.supplier_id ? undefined : t('suppliers.choose_first')} href={search.supplier_id ? apiUrl(`/dropship-orders/file?supplier_id=${search.supplier_id}`) : undefined}>
                  {t('suppliers.download')}
                </Button>
                <Button onClick={() => setUploading(true)}>{t('suppliers.upload')}</Button>
              </>
            ) : null}
          </div>
          {send.error ? <ErrorBox error={send.error} /> : null}
          {move.error ? <ErrorBox error={move.error} /> : null}
          {result ? <Outcome result={result} rows={rows ?? []} /> : null}
          <QueryState query={{ ...list, data: rows }}>
            {(all) => (
              <DropshipTable
                rows={all}
                label={t(`suppliers.state_${state}`)}
                supplierOf={search.supplier_id ? undefined : (o) => nameOf(o.supplier_id)}
                select={
                  may && state !== 'shipped'
                    ? {
                        picked,
                        onPick: setPicked,
                      }
                    : undefined
                }
                empty={
                  <Empty title={t(`suppliers.empty_${state}`)}>
                    <span>{t('suppliers.empty_next')}</span>
                  </Empty>
                }
                acts={(o) =>
                  !may ? null : there ? (
                    <Button size="small" disabled={Boolean(o.stopped)} onClick={() => setShipping(o)}>
                      {t('suppliers.enter_number')}
                    </Button>
                  ) : state === 'refused' && o.order_ids.length === 1 ? (
                    <Button size="small" onClick={() => setMoving(o)}>
                      {t('suppliers.elsewhere')}
                    </Button>
                  ) : null
                }
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
      {shipping ? <ShipDialog order={shipping} onClose={() => setShipping(null)} onDone={done} /> : null}
      {moving ? <ElsewhereDialog order={moving} onClose={() => setMoving(null)} /> : null}
      {refusing ? <RefuseDialog ids={picked} onClose={() => setRefusing(false)} onDone={done} /> : null}
      {uploading ? <UploadDialog onClose={() => setUploading(false)} onDone={done} /> : null}
    </>
  )
}

/** What became of each: how many went well, and why the others did not. */
export function Outcome({ result, rows }: { result: DropshipResult; rows: DropshipOrder[] }) {
  const { t } = useTranslation()
  const failed = result.rows.filter((r) => r.fault)
  const name = (id: string) => rows.find((r) => r.id === id)?.order_nos.join(' ') ?? id
  return (
    <div role="status" className={css.bar}>
      <span className={css.grow}>
        {t('suppliers.outcome', { ok: result.rows.length - failed.length, failed: failed.length })}
        {failed.length > 0 ? (
          <ul className={css.faults}>
            {failed.map((r) => (
              <li key={r.id} className={css.bad}>
                {name(r.id)} {r.fault?.message}
              </li>
            ))}
          </ul>
        ) : null}
      </span>
    </div>
  )
}

interface DialogProps {
  onClose: () => void
  onDone: (r: DropshipResult) => void
}

function ShipDialog({ order, onClose, onDone }: DialogProps & { order: DropshipOrder }) {
  const { t } = useTranslation()
  const [carrier, setCarrier] = useState(order.carrier_name)
  const [no, setNo] = useState(order.waybill_no)
  const [confirm, setConfirm] = useState(false)
  const [fault, setFault] = useState('')
  const ship = useAction({
    run: (body: { shipments: { id: string; carrier: string; waybill_no: string; confirm: boolean }[] }, key) => api.post('/dropship-orders/ship', body, { key }),
    invalidates: [['dropship']],
    onSuccess: (r) => {
      const bad = r.rows[0]?.fault
      if (bad) {
        setFault(bad.message)
        return
      }
      onDone(r)
      onClose()
    },
  })
  return (
    <FormDialog title={t('suppliers.ship_title', { no: order.order_nos.join(' ') })} action={t('suppliers.ship')} valid={no.trim() !== ''} saving={ship.isPending} error={ship.error} onSave={() => ship.mutate({ shipments: [{ id: order.id, carrier: carrier.trim(), waybill_no: no.trim(), confirm }] })} onClose={onClose}>
      <Field label={t('suppliers.carrier')} hint={t('suppliers.carrier_hint')}>
        <Input value={carrier} maxLength={60} aria-label={t('suppliers.carrier')} onChange={(e) => setCarrier(e.target.value)} />
      </Field>
      <Field label={t('suppliers.number')}>
        <Input value={no} maxLength={60} aria-label={t('suppliers.number')} onChange={(e) => setNo(e.target.value)} />
      </Field>
      {fault ? (
        <p role="alert" className={css.bad}>
          {fault}
        </p>
      ) : null}
      <Checkbox checked={confirm} onChange={(e) => setConfirm(e.target.checked)}>
        {t('suppliers.confirm_number')}
      </Checkbox>
    </FormDialog>
  )
}

function RefuseDialog({ ids, onClose, onDone }: DialogProps & { ids: string[] }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const refuse = useAction({
    run: (body: { ids: string[]; state: 'refused'; reason: string }, key) => api.post('/dropship-orders/move', body, { key }),
    invalidates: [['dropship']],
    onSuccess: (r) => {
      onDone(r)
      onClose()
    },
  })
  return (
    <FormDialog title={t('suppliers.refuse_title', { n: ids.length })} action={t('suppliers.refuse')} danger valid={reason.trim() !== ''} saving={refuse.isPending} error={refuse.error} onSave={() => refuse.mutate({ ids, state: 'refused', reason: reason.trim() })} onClose={onClose}>
      <Field label={t('suppliers.reason')}>
        <Input value={reason} maxLength={200} aria-label={t('suppliers.reason')} onChange={(e) => setReason(e.target.value)} />
      </Field>
    </FormDialog>
  )
}

function ElsewhereDialog({ order, onClose }: { order: DropshipOrder; onClose: () => void }) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  const [warehouse, setWarehouse] = useState<string>()
  const [fault, setFault] = useState('')
  const allocate = useAction({
    run: (body: { order_ids: string[]; warehouse_id: string }, key) => api.post('/fulfillment-orders/allocate', body, { key }),
    invalidates: [['dropship']],
    onSuccess: (r) => {
      const bad = 'items' in r ? (r.items as { message?: string; code?: string }[]).find((x) => x.code) : undefined
      if (bad) setFault(bad.message ?? bad.code ?? '')
      else onClose()
    },
  })
  return (
    <FormDialog title={t('suppliers.elsewhere_title', { no: order.order_nos.join(' ') })} action={t('suppliers.elsewhere')} valid={Boolean(warehouse)} saving={allocate.isPending} error={allocate.error} onSave={() => warehouse && allocate.mutate({ order_ids: [...order.order_ids], warehouse_id: warehouse })} onClose={onClose}>
      <Field label={t('suppliers.warehouse')}>
        <Select value={warehouse} aria-label={t('suppliers.warehouse')} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={setWarehouse} />
      </Field>
      {fault ? (
        <p role="alert" className={css.bad}>
          {fault}
        </p>
      ) : null}
    </FormDialog>
  )
}

function UploadDialog({ onClose, onDone }: DialogProps) {
  const { t } = useTranslation()
  const [file, setFile] = useState<File>()
  const upload = useAction({
    run: async (f: { name: string; content: string }, key) => api.post('/dropship-orders/numbers', f, { key }),
    invalidates: [['dropship']],
    onSuccess: (r) => {
      onDone(r)
      onClose()
    },
  })
  return (
    <FormDialog title={t('suppliers.upload')} action={t('suppliers.upload_ship')} valid={file !== undefined} saving={upload.isPending} error={upload.error} onSave={() => file && void contentOf(file).then((content) => upload.mutate({ name: file.name, content }))} onClose={onClose}>
      <DropZone title={file?.name ?? t('suppliers.drop')} hint={t('suppliers.drop_hint')} accept=".xlsx,.csv" onFiles={(all) => setFile(all[0])} />
    </FormDialog>
  )
}
