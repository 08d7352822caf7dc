import { useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { WaveSheet, WaveStop } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useCan } from '@/lib/session'
import { DataTable, type Column } from '@/ui/DataTable'
import { Panel } from '@/ui/Page'
import { Empty, ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { leftOf, usePickers, WAVE_KEYS } from './queries'
import { shareOut } from './share'
import css from './waves.module.css'

/** What to fetch from where, in walking order, and who does. */
export function PickList({ sheet, live }: { sheet: WaveSheet; live: boolean }) {
  const { t } = useTranslation()
  const toast = useToast()
  const client = useQueryClient()
  const may = useCan()('packing.pick') && live
  const pickers = usePickers()
  const [chosen, setChosen] = useState<string[]>([])
  const [people, setPeople] = useState<string[]>([])
  const stops = chosen.length > 0 ? sheet.stops.filter((s) => chosen.includes(s.sku_id)) : sheet.stops.filter((s) => leftOf(s) > 0)
  const open = sheet.stops.filter((s) => leftOf(s) > 0)
  const assign = useAction({
    run: async ({ who, walk }: { who: string[]; walk: WaveStop[] }, key) => {
      const parts = shareOut(walk, who.length)
      for (const [i, part] of parts.entries()) {
        if (part.length > 0) await api.post('/waves/{id}/assign', { sku_ids: part.map((s) => s.sku_id), picker_id: who[i] }, { path: { id: sheet.id }, key: `${key}-${i}` })
      }
    },
    invalidates: [['waves']],
    onSuccess: () => {
      setChosen([])
      toast.ok(t('waves.assigned'))
    },
    onError: toast.bad,
  })
  const pick = useAction({
    run: async ({ all }: { all: WaveStop[] }, key) => {
      for (const s of all) await api.post('/waves/{id}/picks', { sku_id: s.sku_id, do: 'pick', quantity: leftOf(s) }, { path: { id: sheet.id }, key: `${key}-${s.sku_id}` })
      return all.reduce((n, s) => n + leftOf(s), 0)
    },
    invalidates: WAVE_KEYS,
    onSuccess: (n) => toast.ok(t('waves.picked_toast', { count: n })),
    onError: () => void client.invalidateQueries({ queryKey: ['waves'] }),
  })
  const columns: Column<WaveStop>[] = [
    { key: 'location', title: t('waves.location'), render: (s) => (s.location ? <strong className={css.location}>{s.location}</strong> : <span className={css.nowhere}>{t('waves.no_location')}</span>) },
    { key: 'code', title: t('waves.sku'), render: (s) => s.sku_code },
    { key: 'name', title: t('waves.item'), render: (s) => s.name },
    { key: 'wanted', title: t('waves.wanted'), align: 'right', render: (s) => groupDigits(s.wanted) },
    { key: 'picked', title: t('waves.picked'), align: 'right', render: (s) => <strong className={leftOf(s) === 0 ? css.fine : undefined}>{groupDigits(s.picked)}</strong> },
    { key: 'short', title: t('waves.numbers.short'), align: 'right', render: (s) => <span className={s.short > 0 ? css.short : undefined}>{groupDigits(s.short)}</span> },
    {
      key: 'baskets',
      title: t('waves.into_baskets'),
      render: (s) => (
        <span className={css.drops}>
          {s.drops.slice(0, 12).map((d) => (
            <span key={d.position}>
              {d.position}
              {'\u00d7'}
              {d.quantity}
            </span>
          ))}
          {s.drops.length > 12 ? <span>{'\u2026'}</span> : null}
        </span>
      ),
    },
    { key: 'picker', title: t('waves.person'), render: (s) => (s.picker_id === '0' ? <span className={css.muted}>{'\u2013'}</span> : (pickers.find((p) => p.id === s.picker_id)?.name ?? s.picker_id)) },
  ]
  if (may) {
    columns.unshift({
      key: 'choose',
      title: <input type="checkbox" aria-label={t('waves.choose_all')} checked={chosen.length > 0 && chosen.length === sheet.stops.length} onChange={(e) => setChosen(e.target.checked ? sheet.stops.map((s) => s.sku_id) : [])} />,
      width: 36,
      render: (s) => <input type="checkbox" aria-label={s.sku_code} checked={chosen.includes(s.sku_id)} onChange={(e) => setChosen(e.target.checked ? [...chosen, s.sku_id] : chosen.filter((id) => id !== s.sku_id))} />,
    })
    columns.push({
      key: 'act',
      title: '',
      align: 'right',
      render: (s) =>
        leftOf(s) > 0 ? (
          <Button disabled={pick.isPending} onClick={() => pick.mutate({ all: [s] })}>
            {t('waves.all_here', { count: leftOf(s) })}
          </Button>
        ) : null,
    })
  }
  return (
    <Panel flush>
      {may ? (
        <div className={css.bar}>
          <Select
            mode="multiple"
            style={{ width: 300 }}
            aria-label={t('waves.assign_to')}
            placeholder={t('waves.assign_to')}
            value={people}
            options={pickers.map((p) => ({ value: p.id, label: p.name }))}
            optionFilterProp="label"
            onChange={setPeople}
          />
          <Button disabled={people.length === 0 || stops.length === 0} loading={assign.isPending} onClick={() => assign.mutate({ who: people, walk: stops })}>
            {t('waves.assign_n', { count: stops.length })}
          </Button>
          {chosen.length > 0 ? (
            <Button disabled={assign.isPending} onClick={() => assign.mutate({ who: ['0'], walk: stops })}>
              {t('waves.unassign')}
            </Button>
          ) : null}
          <span className={css.grow} />
          {open.length > 0 ? (
            <Button loading={pick.isPending} onClick={() => pick.mutate({ all: open })}>
              {t('waves.all_picked', { count: open.reduce((n, s) => n + leftOf(s), 0) })}
            </Button>
          ) : null}
        </div>
      ) : null}
      {pick.error ? <ErrorBox error={pick.error} /> : null}
      <DataTable label={t('waves.sheet.list')} rows={sheet.stops} rowKey={(s) => s.sku_id} columns={columns} empty={<Empty title={t('waves.no_stops')} />} />
    </Panel>
  )
}
