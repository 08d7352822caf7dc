import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { carriersQuery, nameOf, useWarehouses } from '@/lib/lookups'
import { FormDialog } from '@/ui/FormDialog'
import { Empty, QueryState } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { minuteOf, timeOf } from './cutoff'
import css from './waves.module.css'

interface Row {
  warehouse_id: string
  carrier: string
  minute: number
}

/** When couriers collect, per carrier and warehouse; waves are sorted by it. */
export function CutOffs({ may, onClose }: { may: boolean; onClose: () => void }) {
  const query = useQuery({ queryKey: ['cut-offs'], queryFn: ({ signal }) => api.get('/wave-cut-offs', { signal }).then((l) => l.items), placeholderData: undefined, staleTime: 0 })
  const { t } = useTranslation()
  if (!query.data) {
    return (
      <FormDialog title={t('waves.cut_offs')} valid={false} saving={false} error={null} onSave={() => undefined} onClose={onClose}>
        <QueryState query={query}>{() => null}</QueryState>
      </FormDialog>
    )
  }
  return <Editor first={query.data} may={may} onClose={onClose} />
}

function Editor({ first, may, onClose }: { first: Row[]; may: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const warehouses = useWarehouses()
  const carriers = useQuery(carriersQuery).data ?? []
  const [rows, setRows] = useState<Row[]>(first)
  const set = (i: number, change: Partial<Row>) => setRows(rows.map((r, at) => (at === i ? { ...r, ...change } : r)))
  const save = useAction({
    run: (body: { cut_offs: Row[] }, key) => api.put('/wave-cut-offs', body, { key }),
    invalidates: [['cut-offs'], ['waves']],
    onSuccess: () => {
      toast.ok(t('waves.cut_offs_saved'))
      onClose()
    },
  })
  return (
    <FormDialog title={t('waves.cut_offs')} width={640} valid={may && JSON.stringify(rows) !== JSON.stringify(first)} saving={save.isPending} error={save.error} onSave={() => save.mutate({ cut_offs: rows })} onClose={onClose}>
      <p className={css.hint}>{t('waves.cut_offs_hint')}</p>
      {rows.length === 0 ? <Empty title={t('waves.no_cut_offs')} /> : null}
      {rows.map((r, i) => (
        <div key={i} className={css.cutRow}>
          <Select
            aria-label={t('waves.carrier')}
            disabled={!may}
            showSearch={{ optionFilterProp: 'label' }}
            value={r.carrier}
            options={[{ value: '', label: t('waves.any_carrier') }, ...carriers.map((c) => ({ value: c.code, label: nameOf(c) }))]}
            onChange={(carrier: string) => set(i, { carrier })}
          />
          <Select aria-label={t('waves.warehouse')} disabled={!may} value={r.warehouse_id} options={[{ value: '0', label: t('waves.any_warehouse') }, ...warehouses.map((w) => ({ value: w.id, label: w.name }))]} onChange={(warehouse_id: string) => set(i, { warehouse_id })} />
          <input
            type="time"
            className={css.time}
            aria-label={t('waves.cut_off')}
            disabled={!may}
            value={timeOf(r.minute)}
            onChange={(e) => {
              const minute = minuteOf(e.target.value)
              if (minute !== null) set(i, { minute })
            }}
          />
          {may ? <Button onClick={() => setRows(rows.filter((_, at) => at !== i))}>{t('common.delete')}</Button> : null}
        </div>
      ))}
      {may ? (
        <div>
          <Button onClick={() => setRows([...rows, { warehouse_id: '0', carrier: '', minute: 17 * 60 + 30 }])}>{t('waves.add_cut_off')}</Button>
        </div>
      ) : null}
    </FormDialog>
  )
}
