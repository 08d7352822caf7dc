import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DropshipOrder, DropshipResult } from '@/lib/api/contract'
import { currentLanguage, setLanguage } from '@/lib/i18n'
import { DropZone } from '@/ui/DropZone'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { door, takeToken } from './door'
import { DropshipTable } from './DropshipTable'
import { Outcome } from './DropshipView'
import { contentOf } from './file'
import css from './suppliers.module.css'

const STATES = ['sent', 'accepted', 'shipped', 'refused'] as const

/** What a supplier sees: the orders it ships, and nothing else of the merchant. */
export function SupplierDesk() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [token] = useState(takeToken)
  const [state, setState] = useState<(typeof STATES)[number]>('sent')
  const [picked, setPicked] = useState<string[]>([])
  const [result, setResult] = useState<DropshipResult | null>(null)
  const [refusing, setRefusing] = useState(false)
  const [uploading, setUploading] = useState(false)
  const list = useInfiniteQuery({
    queryKey: ['supplier-desk', state],
    queryFn: ({ pageParam }) => door.orders(token, state, pageParam),
    initialPageParam: '',
    getNextPageParam: (p) => p.next_cursor || undefined,
    enabled: token !== '',
    retry: false,
  })
  const rows = list.data?.pages.flatMap((p) => p.items)
  const act = useMutation({
    mutationFn: (a: { path: '/supplier/answer' | '/supplier/ship' | '/supplier/numbers'; body: object }) => door.post(token, a.path, a.body),
    onSuccess: async (r) => {
      setResult(r)
      setPicked([])
      await client.invalidateQueries({ queryKey: ['supplier-desk'] })
    },
  })
  const download = useMutation({
    mutationFn: () => door.file(token),
    onSuccess: ({ name, body }) => {
      const a = document.createElement('a')
      a.href = URL.createObjectURL(body)
      a.download = name
      a.click()
      URL.revokeObjectURL(a.href)
    },
  })
  const name = list.data?.pages[0]?.supplier
  const other = currentLanguage() === 'zh-CN' ? 'en-US' : 'zh-CN'
  const open = state === 'sent' || state === 'accepted'
  return (
    <main className={css.portal}>
      <Page
        title={name ? t('suppliers.desk_of', { name }) : t('suppliers.desk')}
        hint={t('suppliers.desk_hint')}
        actions={
          <Button lang={other} onClick={() => void setLanguage(other)}>
            {other === 'en-US' ? 'English' : '\u4e2d\u6587'}
          </Button>
        }
      >
        {token === '' ? (
          <Empty title={t('suppliers.no_link')}>
            <span>{t('suppliers.no_link_next')}</span>
          </Empty>
        ) : (
          <>
            <Tabs
              label={t('suppliers.desk')}
              value={state}
              onChange={(key) => {
                setState(key)
                setPicked([])
                setResult(null)
              }}
              items={STATES.map((key) => ({ key, label: t(`suppliers.state_${key}`) }))}
            />
            <Panel flush>
              {open ? (
                <div className={css.bar}>
                  {state === 'sent' ? (
                    <Button type="primary" disabled={picked.length === 0} loading={act.isPending} onClick={() => act.mutate({ path: '/supplier/answer', body: { ids: picked, state: 'accepted' } })}>
                      {t('suppliers.accept', { n: picked.length })}
                    </Button>
                  ) : null}
                  <Button danger disabled={picked.length === 0} onClick={() => setRefusing(true)}>
                    {t('suppliers.refuse')}
                  </Button>
                  <span className={css.grow} />
                  <Button loading={download.isPending} onClick={() => download.mutate()}>
                    {t('suppliers.download')}
                  </Button>
                  <Button onClick={() => setUploading(true)}>{t('suppliers.upload')}</Button>
                </div>
              ) : null}
              {act.error && !refusing && !uploading ? <ErrorBox error={act.error} /> : null}
              {download.error ? <ErrorBox error={download.error} /> : null}
              {result ? <Outcome result={result} rows={rows ?? []} /> : null}
              <QueryState query={{ ...list, data: rows }}>
                {(all) => (
                  <DropshipTable
                    rows={all}
                    label={t(`suppliers.state_${state}`)}
                    select={open ? { picked, onPick: setPicked } : undefined}
                    empty={<Empty title={t(`suppliers.desk_empty_${state}`)} />}
                    acts={(o) =>
                      open && !o.stopped ? (
                        <ShipLine
                          key={o.id}
                          order={o}
                          saving={act.isPending}
                          promised={result?.rows.some((r) => r.id === o.id && r.fault?.code === 'fulfillment.bad_waybill_carrier') ?? false}
                          onShip={(carrier, no, confirm) => act.mutate({ path: '/supplier/ship', body: { shipments: [{ id: o.id, carrier, waybill_no: no, confirm }] } })}
                        />
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
          </>
        )}
      </Page>
      {refusing ? (
        <Refuse
          n={picked.length}
          saving={act.isPending}
          error={act.error}
          onClose={() => setRefusing(false)}
          onSave={(reason) => act.mutate({ path: '/supplier/answer', body: { ids: picked, state: 'refused', reason } }, { onSuccess: () => setRefusing(false) })}
        />
      ) : null}
      {uploading ? (
        <Upload saving={act.isPending} error={act.error} onClose={() => setUploading(false)} onSave={(f, content) => act.mutate({ path: '/supplier/numbers', body: { name: f, content } }, { onSuccess: () => setUploading(false) })} />
      ) : null}
    </main>
  )
}

/** Carrier and number of one order, beside it. Where the buyer was promised another carrier the supplier is asked once more. */
function ShipLine({ order, saving, promised, onShip }: { order: DropshipOrder; saving: boolean; promised: boolean; onShip: (carrier: string, no: string, confirm: boolean) => void }) {
  const { t } = useTranslation()
  const [carrier, setCarrier] = useState(order.carrier_name)
  const [no, setNo] = useState(order.waybill_no)
  const [asked, setAsked] = useState('')
  const about = order.order_nos.join(' ')
  const sure = promised && asked === `${carrier.trim()} ${no.trim()}`
  return (
    <form
      className={css.ship}
      onSubmit={(e) => {
        e.preventDefault()
        if (!no.trim() || saving) return
        setAsked(`${carrier.trim()} ${no.trim()}`)
        onShip(carrier.trim(), no.trim(), sure)
      }}
    >
      <Input size="small" value={carrier} maxLength={60} placeholder={t('suppliers.carrier')} aria-label={`${t('suppliers.carrier')} ${about}`} onChange={(e) => setCarrier(e.target.value)} />
      <Input size="small" value={no} maxLength={60} placeholder={t('suppliers.number')} aria-label={`${t('suppliers.number')} ${about}`} onChange={(e) => setNo(e.target.value)} />
      <Button size="small" type="primary" danger={sure} htmlType="submit" disabled={!no.trim()} loading={saving}>
        {sure ? t('suppliers.ship_anyway') : t('suppliers.ship')}
      </Button>
    </form>
  )
}

function Refuse({ n, saving, error, onSave, onClose }: { n: number; saving: boolean; error: unknown; onSave: (reason: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  return (
    <FormDialog title={t('suppliers.refuse_title', { n })} action={t('suppliers.refuse')} danger valid={reason.trim() !== ''} saving={saving} error={error} onSave={() => onSave(reason.trim())} onClose={onClose}>
      <Field label={t('suppliers.reason')}>
        <Input value={reason} maxLength={200} aria-label={t('suppliers.reason')} onChange={(e) => setReason(e.target.value)} />
      </Field>
    </FormDialog>
  )
}

function Upload({ saving, error, onSave, onClose }: { saving: boolean; error: unknown; onSave: (name: string, content: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [file, setFile] = useState<File>()
  return (
    <FormDialog title={t('suppliers.upload')} action={t('suppliers.upload_ship')} valid={file !== undefined} saving={saving} error={error} onSave={() => file && void contentOf(file).then((content) => onSave(file.name, content))} onClose={onClose}>
      <DropZone title={file?.name ?? t('suppliers.drop')} hint={t('suppliers.drop_hint')} accept=".xlsx,.csv" onFiles={(all) => setFile(all[0])} />
    </FormDialog>
  )
}
