import { useQueries, useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Warehouse, WarehouseSite } from '@/lib/api/contract'
import { ScrollBox } from '@/ui/ScrollBox'
import { FormDialog } from '@/ui/FormDialog'
import { useToast } from '@/ui/Toast'
import css from './allocation.module.css'
import { areasOf, clashes, draftOf, type AreaDraft } from './areas'
import { divisionsQuery } from './queries'

interface SiteDialogProps {
  warehouse: Warehouse
  site: WarehouseSite
  /** The other warehouses, to copy from. */
  others: { name: string; site: WarehouseSite }[]
  onClose: () => void
}

/** The places a warehouse ships to, by province or city, the rest of the country last. */
export function SiteDialog({ warehouse, site, others, onClose }: SiteDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [rows, setRows] = useState<AreaDraft[]>(() => draftOf(site.areas))
  const provinces = useQuery(divisionsQuery('')).data ?? []
  const named = [...new Set(rows.map((r) => r.province).filter((p) => p !== ''))]
  const lists = useQueries({ queries: named.map((p) => divisionsQuery(p)) })
  const cities = new Map(named.map((p, i) => [p, lists[i]?.data ?? []]))
  const areas = areasOf(rows)
  const clash = clashes(rows)
  const put = (at: number, change: Partial<AreaDraft>) => setRows(rows.map((r, i) => (i === at ? { ...r, ...change } : r)))
  const save = useAction({
    run: (body: WarehouseSite, key) => api.post('/warehouse-sites', body, { key }),
    invalidates: [['allocation'], ['suppliers', 'sites']],
    onSuccess: () => {
      toast.ok(t('allocation.areas_saved', { name: warehouse.name }))
      onClose()
    },
  })
  const add = (province: string) => setRows([...rows, { province, city: '', served: true, preference: '1', distance_km: '', first_yuan: '', next_yuan: '' }])
  return (
    <FormDialog width={980} title={t('allocation.areas_title', { name: warehouse.name })} valid={areas !== null && clash === null} saving={save.isPending} error={save.error} onSave={() => areas && save.mutate({ ...site, areas })} onClose={onClose}>
      <p className={css.muted}>{t('allocation.areas_hint')}</p>
      <ScrollBox label={t('allocation.areas')} className={css.grid}>
        <table className={css.areas} aria-label={t('allocation.areas')}>
          <thead>
            <tr>
              {(['province', 'city', 'served', 'preference', 'distance', 'first', 'next'] as const).map((key) => (
                <th key={key} scope="col">
                  {t(`allocation.area.${key}`)}
                </th>
              ))}
              <th scope="col" aria-label={t('allocation.remove')} />
            </tr>
          </thead>
          <tbody>
            {rows.map((r, at) => (
              <tr key={at} className={clash === at ? css.bad : undefined}>
                <td>
                  <Select
                    showSearch
                    aria-label={`${t('allocation.area.province')} ${at + 1}`}
                    style={{ width: 150 }}
                    value={r.province}
                    options={[{ value: '', label: t('allocation.everywhere_else') }, ...[...new Set([...(r.province ? [r.province] : []), ...provinces])].map((p) => ({ value: p, label: p }))]}
                    onChange={(province: string) => put(at, { province, city: '' })}
                  />
                </td>
                <td>
                  <Select
                    showSearch
                    aria-label={`${t('allocation.area.city')} ${at + 1}`}
                    style={{ width: 140 }}
                    disabled={r.province === ''}
                    value={r.city}
                    options={[{ value: '', label: t('allocation.whole_province') }, ...[...new Set([...(r.city ? [r.city] : []), ...(cities.get(r.province) ?? [])])].map((c) => ({ value: c, label: c }))]}
                    onChange={(city: string) => put(at, { city })}
                  />
                </td>
                <td>
                  <input type="checkbox" className={css.tick} aria-label={`${t('allocation.area.served')} ${at + 1}`} checked={r.served} onChange={(e) => put(at, { served: e.target.checked })} />
                </td>
                <td>
                  <InputNumber aria-label={`${t('allocation.area.preference')} ${at + 1}`} style={{ width: 80 }} disabled={!r.served} precision={0} min={0} max={9999} value={r.preference === '' ? null : Number(r.preference)} onChange={(v) => put(at, { preference: String(v ?? '') })} />
                </td>
                <td>
                  <InputNumber aria-label={`${t('allocation.area.distance')} ${at + 1}`} style={{ width: 100 }} disabled={!r.served} precision={0} min={0} max={20000} value={r.distance_km === '' ? null : Number(r.distance_km)} onChange={(v) => put(at, { distance_km: String(v ?? '') })} />
                </td>
                {(['first_yuan', 'next_yuan'] as const).map((key) => (
                  <td key={key}>
                    <Input aria-label={`${key === 'first_yuan' ? t('allocation.area.first') : t('allocation.area.next')} ${at + 1}`} style={{ width: 90 }} disabled={!r.served} inputMode="decimal" value={r[key]} onChange={(e) => put(at, { [key]: e.target.value })} />
                  </td>
                ))}
                <td>
                  <Button aria-label={t('allocation.remove_row', { n: at + 1 })} onClick={() => setRows(rows.filter((_, i) => i !== at))}>
                    {t('allocation.remove')}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {rows.length === 0 ? <p>{t('allocation.serves_all')}</p> : null}
      {clash === null ? null : <p className={css.badText}>{t('allocation.clash', { n: clash + 1 })}</p>}
      {areas === null ? <p className={css.badText}>{t('allocation.bad_price')}</p> : null}
      <div className={css.acts}>
        <Button onClick={() => add(provinces.find((p) => !named.includes(p)) ?? '')}>{t('allocation.add_area')}</Button>
        <Button disabled={rows.some((r) => r.province === '')} onClick={() => add('')}>
          {t('allocation.add_rest')}
        </Button>
        {others.some((o) => o.site.areas.length > 0) ? (
          <Select
            aria-label={t('allocation.copy_from')}
            placeholder={t('allocation.copy_from')}
            style={{ minWidth: 200 }}
            value={null}
            options={others.filter((o) => o.site.areas.length > 0).map((o) => ({ value: o.site.warehouse_id, label: t('allocation.copy_of', { name: o.name, n: o.site.areas.length }) }))}
            onChange={(id: string | null) => setRows(draftOf(others.find((o) => o.site.warehouse_id === id)?.site.areas ?? []))}
          />
        ) : null}
      </div>
    </FormDialog>
  )
}
