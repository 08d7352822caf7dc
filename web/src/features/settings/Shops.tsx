import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Shop } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { formatDay, startOfDay } from '@/lib/format'
import { channelsQuery, nameOf, shopsQuery, useWarehouses } from '@/lib/lookups'
import { DataTable } from '@/ui/DataTable'
import { useCan } from '@/lib/session'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { ChannelBadge, Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import css from './settings.module.css'

/** The shops on their channels and how each is worked. */
export function Shops() {
  const { t } = useTranslation()
  const [editing, setEditing] = useState<Shop | 'new' | null>(null)
  const can = useCan()
  const mayEdit = can('shop.edit')
  const mayConnect = can('channel.edit')
  const channels = useQuery(channelsQuery).data
  const query = useQuery(shopsQuery)
  return (
    <Page
      title={t('shell.settings.shops')}
      hint={t('settings.shops_hint')}
      actions={
        mayEdit ? (
          <Button type="primary" onClick={() => setEditing('new')}>
            {t('settings.new_shop')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <QueryState query={query}>
          {(shops) => (
            <DataTable
              label={t('shell.settings.shops')}
              rows={shops}
              rowKey={(s) => s.id}
              empty={<Empty title={t('settings.no_shops')} />}
              columns={[
                {
                  key: 'name',
                  title: t('settings.shop_name'),
                  render: (s) => (
                    <>
                      <ChannelBadge channel={s.channel} /> <strong>{s.name}</strong> {s.active ? null : <Tag>{t('settings.inactive')}</Tag>}
                    </>
                  ),
                },
                {
                  key: 'mode',
                  title: t('settings.data_by'),
                  render: (s) =>
                    s.mode === 'api' ? (
                      <Link to="/sync/$id" params={{ id: s.id }}>
                        {t('settings.by_api')}
                      </Link>
                    ) : (
                      t('settings.by_file')
                    ),
                },
                { key: 'live', title: t('settings.live_from'), render: (s) => <Time at={s.live_from_at} /> },
                { key: 'reserve', title: t('settings.reserve_on'), render: (s) => t(`settings.reserve.${s.reserve_on}`) },
                { key: 'approve', title: t('settings.auto_approve'), render: (s) => (s.auto_approve ? t('common.yes') : t('common.no')) },
                { key: 'stale', title: t('settings.stale_after'), align: 'right', render: (s) => t('settings.hours', { count: s.stale_after_hours }) },
                { key: 'data', title: t('settings.data_at'), render: (s) => <Time at={s.data_at} /> },
                {
                  key: 'act',
                  title: '',
                  align: 'right',
                  render: (s) => (
                    <span className={css.acts}>
                      {mayEdit ? <Button onClick={() => setEditing(s)}>{t('common.edit')}</Button> : null}
                      {mayConnect && channels?.find((c) => c.code === s.channel)?.api ? (
                        <Link to="/sync/$id" params={{ id: s.id }} search={{ tab: 'access' }}>
                          {s.mode === 'api' ? t('settings.access') : t('settings.connect')}
                        </Link>
                      ) : null}
                      <Link to="/orders" search={{ shop_id: [s.id], tab: 'adoptable' }}>
                        {t('settings.earlier_orders')}
                      </Link>
                    </span>
                  ),
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {editing ? <ShopDialog shop={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}

function ShopDialog({ shop, onClose }: { shop: Shop | null; onClose: () => void }) {
  const { t } = useTranslation()
  const channels = useQuery(channelsQuery).data ?? []
  const warehouses = useWarehouses()
  const [draft, setDraft] = useState(() => ({
    channel: shop?.channel,
    name: shop?.name ?? '',
    live_from: shop?.live_from_at ? formatDay(shop.live_from_at) : formatDay(Date.now()),
    warehouse_id: shop?.warehouse_id || warehouses.find((w) => w.is_default)?.id,
    reserve_on: shop?.reserve_on ?? 'paid',
    auto_approve: shop?.auto_approve ?? false,
    stale_after_hours: shop?.stale_after_hours ?? 12,
    active: shop?.active ?? true,
  }))
  const set = (patch: Partial<typeof draft>) => setDraft((d) => ({ ...d, ...patch }))
  const save = useAction({
    run: (body: object, key) => (shop ? api.patch('/shops/{id}', body, { path: { id: shop.id }, key }) : api.post('/shops', body, { key })),
    invalidates: [['shops'], ['home'], ['orders']],
    onSuccess: onClose,
  })
  const liveChanged = !shop?.live_from_at || formatDay(shop.live_from_at) !== draft.live_from
  const body = defined({
    channel: shop ? undefined : draft.channel,
    name: draft.name.trim(),
    live_from_at: liveChanged ? startOfDay(draft.live_from) : undefined,
    warehouse_id: draft.warehouse_id,
    reserve_on: draft.reserve_on,
    auto_approve: draft.auto_approve,
    stale_after_hours: draft.stale_after_hours,
    active: shop ? draft.active : undefined,
    version: shop?.version,
  })
  return (
    <FormDialog title={shop ? t('settings.edit_shop') : t('settings.new_shop')} valid={Boolean(draft.channel && draft.name.trim() && draft.live_from)} saving={save.isPending} error={save.error} onSave={() => save.mutate(body)} onClose={onClose}>
      <Field label={t('settings.channel')}>
        <Select disabled={shop !== null} aria-label={t('settings.channel')} value={draft.channel} options={channels.map((c) => ({ value: c.code, label: nameOf(c) }))} onChange={(channel: string) => set({ channel })} />
      </Field>
      <Field label={t('settings.shop_name')}>
        <Input value={draft.name} aria-label={t('settings.shop_name')} onChange={(e) => set({ name: e.target.value })} />
      </Field>
      <Field label={t('settings.live_from')} hint={t('settings.live_from_hint')}>
        <Input type="date" value={draft.live_from} aria-label={t('settings.live_from')} onChange={(e) => set({ live_from: e.target.value })} />
      </Field>
      <Field label={t('settings.default_warehouse')}>
        <Select aria-label={t('settings.default_warehouse')} value={draft.warehouse_id} options={warehouses.filter((w) => w.active).map((w) => ({ value: w.id, label: w.name }))} onChange={(warehouse_id: string) => set({ warehouse_id })} />
      </Field>
      <Field label={t('settings.reserve_on')}>
        <Select aria-label={t('settings.reserve_on')} value={draft.reserve_on} options={(['paid', 'placed'] as const).map((v) => ({ value: v, label: t(`settings.reserve.${v}`) }))} onChange={(reserve_on) => set({ reserve_on })} />
      </Field>
      <Field label={t('settings.stale_after')} hint={t('settings.stale_hint')}>
        <InputNumber min={1} max={720} precision={0} aria-label={t('settings.stale_after')} value={draft.stale_after_hours} onChange={(n) => set({ stale_after_hours: n ?? 12 })} />
      </Field>
      <label className={css.check}>
        <input type="checkbox" checked={draft.auto_approve} onChange={(e) => set({ auto_approve: e.target.checked })} />
        {t('settings.auto_approve_label')}
      </label>
      {shop ? (
        <label className={css.check}>
          <input type="checkbox" checked={draft.active} onChange={(e) => set({ active: e.target.checked })} />
          {t('settings.active')}
        </label>
      ) : null}
    </FormDialog>
  )
}
