import { useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Supplier, Supply, WarehouseSite } from '@/lib/api/contract'
import { useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { CopyButton } from '@/ui/Copyable'
import { DataTable } from '@/ui/DataTable'
import { Drawer } from '@/ui/Drawer'
import { SkuSelect } from '@/ui/SkuSelect'
import { ErrorBox, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { fenOf } from './minutes'
import { sitesQuery } from './queries'
import css from './suppliers.module.css'

/** What belongs to one supplier: its warehouses, its goods, its doors. */
export function SupplierDrawer({ supplier, onClose }: { supplier: Supplier; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer label={supplier.name} title={<strong>{supplier.name}</strong>} onClose={onClose} width={720}>
      <section className={css.section}>
        <h3>{t('suppliers.warehouses')}</h3>
        <Warehouses supplier={supplier} />
      </section>
      <section className={css.section}>
        <h3>{t('suppliers.goods')}</h3>
        <Goods key={supplier.id} supplier={supplier} />
      </section>
      <section className={css.section}>
        <h3>{t('suppliers.doors')}</h3>
        <Doors key={supplier.id} supplier={supplier} />
      </section>
    </Drawer>
  )
}

function Warehouses({ supplier }: { supplier: Supplier }) {
  const { t } = useTranslation()
  const may = useCan()('fulfillment.allocate')
  const sites = useQuery(sitesQuery)
  const all = useWarehouses()
  const set = useAction({
    run: (site: WarehouseSite, key) => api.post('/warehouse-sites', site, { key }),
    invalidates: [['suppliers', 'sites']],
  })
  return (
    <QueryState query={sites} skeletonRows={2}>
      {(known) => (
        <>
          <span className={css.muted}>{t('suppliers.warehouses_hint')}</span>
          {all.map((w) => {
            const site = known.find((s) => s.warehouse_id === w.id)
            const mine = site?.supplier_id === supplier.id
            const taken = !mine && site !== undefined && site.supplier_id !== '0'
            return (
              <label key={w.id} className={css.check}>
                <input
                  type="checkbox"
                  checked={mine}
                  disabled={!may || taken || set.isPending}
                  onChange={(e) => set.mutate({ warehouse_id: w.id, supplier_id: e.target.checked ? supplier.id : '0', plain: e.target.checked && supplier.contract === 'full', areas: site?.areas ?? [] })}
                />
                {w.name}
                {taken ? <Tag>{t('suppliers.warehouse_taken')}</Tag> : null}
              </label>
            )
          })}
          {set.error ? <ErrorBox error={set.error} /> : null}
        </>
      )}
    </QueryState>
  )
}

function Goods({ supplier }: { supplier: Supplier }) {
  const query = useQuery({
    queryKey: ['suppliers', supplier.id, 'skus'],
    queryFn: ({ signal }) => api.get('/suppliers/{id}/skus', { path: { id: supplier.id }, signal }).then((l) => l.items),
  })
  return <QueryState query={query}>{(all) => <GoodsForm key={query.dataUpdatedAt} supplier={supplier} all={all} />}</QueryState>
}

type Draft = Pick<Supply, 'sku_id' | 'sku_code' | 'name' | 'code'> & { cost: string }

function GoodsForm({ supplier, all }: { supplier: Supplier; all: Supply[] }) {
  const { t } = useTranslation()
  const can = useCan()
  const may = can('purchase.edit') && can('field.cost')
  const toast = useToast()
  const [rows, setRows] = useState<Draft[]>(() => all.map((s) => ({ ...s, cost: s.cost_fen == null ? '' : (s.cost_fen / 100).toFixed(2) })))
  const [dirty, setDirty] = useState(false)
  const save = useAction({
    run: (list: Draft[], key) =>
      api.post('/suppliers/{id}/skus', { skus: list.map((r) => ({ sku_id: r.sku_id, code: r.code, cost_fen: fenOf(r.cost) ?? undefined })) }, { path: { id: supplier.id }, key }),
    invalidates: [['suppliers']],
    onSuccess: () => {
      setDirty(false)
      toast.ok(t('suppliers.goods_saved'))
    },
  })
  const change = (list: Draft[]) => {
    setRows(list)
    setDirty(true)
  }
  const edit = (id: string, part: Partial<Draft>) => change(rows.map((r) => (r.sku_id === id ? { ...r, ...part } : r)))
  return (
    <>
      {may ? (
        <SkuSelect label={t('suppliers.add_sku')} without={(s) => rows.some((r) => r.sku_id === s.id)} onPick={(s) => change([...rows, { sku_id: s.id, sku_code: s.code, name: s.name, code: '', cost: '' }])} />
      ) : null}
      <DataTable
        label={t('suppliers.goods')}
        rows={rows}
        rowKey={(r) => r.sku_id}
        empty={<span className={css.muted}>{t('suppliers.no_goods')}</span>}
        columns={[
          {
            key: 'sku',
            title: t('suppliers.sku'),
            render: (r) => (
              <span className={css.stack}>
                <strong>{r.sku_code}</strong>
                <span className={css.muted}>{r.name}</span>
              </span>
            ),
          },
          {
            key: 'code',
            title: t('suppliers.their_code'),
            render: (r) => <Input size="small" value={r.code} disabled={!may} maxLength={60} aria-label={`${t('suppliers.their_code')} ${r.sku_code}`} onChange={(e) => edit(r.sku_id, { code: e.target.value })} />,
          },
          {
            key: 'cost',
            title: t('suppliers.cost'),
            align: 'right',
            render: (r) => (
              <Input size="small" className={css.cost} inputMode="decimal" value={r.cost} disabled={!may} status={r.cost.trim() !== '' && fenOf(r.cost) === null ? 'error' : undefined} aria-label={`${t('suppliers.cost')} ${r.sku_code}`} onChange={(e) => edit(r.sku_id, { cost: e.target.value })} />
            ),
          },
          {
            key: 'act',
            title: '',
            align: 'right',
            render: (r) =>
              may ? (
                <Button size="small" danger aria-label={t('suppliers.remove_sku', { code: r.sku_code })} onClick={() => change(rows.filter((x) => x.sku_id !== r.sku_id))}>
                  {t('common.remove')}
                </Button>
              ) : null,
          },
        ]}
      />
      {save.error ? <ErrorBox error={save.error} /> : null}
      {may ? (
        <div>
          <Button type="primary" disabled={!dirty || rows.some((r) => r.cost.trim() !== '' && fenOf(r.cost) === null)} loading={save.isPending} onClick={() => save.mutate(rows)}>
            {t('suppliers.save_goods')}
          </Button>
        </div>
      ) : null}
    </>
  )
}

function Doors({ supplier }: { supplier: Supplier }) {
  const { t } = useTranslation()
  const may = useCan()('purchase.edit')
  const [days, setDays] = useState(90)
  const [token, setToken] = useState('')
  const query = useQuery({
    queryKey: ['suppliers', supplier.id, 'portals'],
    queryFn: ({ signal }) => api.get('/suppliers/{id}/portals', { path: { id: supplier.id }, signal }).then((l) => l.items),
  })
  const open = useAction({
    run: (n: number, key) => api.post('/suppliers/{id}/portals', { days: n }, { path: { id: supplier.id }, key }),
    invalidates: [['suppliers', supplier.id, 'portals']],
    onSuccess: (p) => setToken(p.token),
  })
  const revoke = useAction({
    run: (id: string, key) => api.post('/supplier-portals/{id}/revoke', undefined, { path: { id }, key }),
    invalidates: [['suppliers', supplier.id, 'portals']],
  })
  const link = `${location.origin}/supplier#${token}`
  return (
    <>
      <span className={css.muted}>{t('suppliers.doors_hint')}</span>
      {token ? (
        <div className={css.token} role="status">
          <code>{link}</code>
          <CopyButton text={link} label={t('suppliers.copy_link')} />
        </div>
      ) : null}
      {token ? <strong>{t('suppliers.once')}</strong> : null}
      {may ? (
        <span className={css.acts} style={{ justifyContent: 'flex-start' }}>
          <InputNumber min={1} max={365} precision={0} value={days} aria-label={t('suppliers.door_days')} onChange={(n) => setDays(n ?? 90)} suffix={t('suppliers.day_unit')} />
          <Button loading={open.isPending} onClick={() => open.mutate(days)}>
            {t('suppliers.open_door')}
          </Button>
        </span>
      ) : null}
      {open.error ? <ErrorBox error={open.error} /> : null}
      {revoke.error ? <ErrorBox error={revoke.error} /> : null}
      <QueryState query={query} skeletonRows={2}>
        {(all) => (
          <DataTable
            label={t('suppliers.doors')}
            rows={all}
            rowKey={(p) => p.id}
            empty={<span className={css.muted}>{t('suppliers.no_doors')}</span>}
            columns={[
              { key: 'made', title: t('suppliers.door_made'), render: (p) => <Time at={p.made_at} /> },
              { key: 'until', title: t('suppliers.door_until'), render: (p) => <Time at={p.expires_at} /> },
              { key: 'used', title: t('suppliers.door_used'), render: (p) => <Time at={p.used_at} /> },
              {
                key: 'act',
                title: '',
                align: 'right',
                render: (p) =>
                  p.revoked_at ? (
                    <Tag>{t('suppliers.door_shut')}</Tag>
                  ) : may ? (
                    <Button size="small" danger loading={revoke.isPending && revoke.variables === p.id} onClick={() => revoke.mutate(p.id)}>
                      {t('suppliers.shut_door')}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </QueryState>
    </>
  )
}
