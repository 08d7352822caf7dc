import { useQueries } from '@tanstack/react-query'
import { Button, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { FulfillmentOrder } from '@/lib/api/contract'
import { useWarehouses } from '@/lib/lookups'
import { FormDialog } from '@/ui/FormDialog'
import { ScrollBox } from '@/ui/ScrollBox'
import { EDIT_KEYS, orderOf } from './api'
import css from './fulfill.module.css'
import { faultOf, leftOf, linesOf, stays, sum, type Part } from './parts'
import { useDone } from './useUndo'

const MOST_PARTS = 4

/** Cuts a fulfillment order by lines, quantities and warehouses; what no part takes stays together. */
export function SplitDialog({ f, onClose }: { f: FulfillmentOrder; onClose: () => void }) {
  const { t } = useTranslation()
  const done = useDone()
  const warehouses = useWarehouses().filter((w) => w.active || w.id === f.warehouse_id)
  const fresh = (): Part => ({ warehouseId: f.warehouse_id, taken: {} })
  const [parts, setParts] = useState<Part[]>([fresh()])
  const names = useTitles(f)
  const left = leftOf(f)
  const rest = stays(left, parts)
  const fault = faultOf(left, parts)
  const change = (at: number, next: Partial<Part>) => setParts(parts.map((p, i) => (i === at ? { ...p, ...next } : p)))
  const save = useAction({
    run: (body: Part[], key) =>
      api.post('/fulfillment-orders/{id}/split', { parts: body.map((p) => ({ warehouse_id: p.warehouseId, lines: linesOf(p) })) }, { path: { id: f.id }, key }),
    invalidates: EDIT_KEYS,
    onSuccess: (out) => {
      done(t('fulfill.split.done', { count: out.after.length }), out.edit_id)
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('fulfill.split.title')}
      action={t('fulfill.split.go', { count: parts.length + (sum(rest) > 0 ? 1 : 0) })}
      width={Math.min(1000, 520 + parts.length * 130)}
      valid={fault === null}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate(parts)}
      onClose={onClose}
    >
      <ScrollBox label={t('fulfill.split.title')}>
        <table className={css.grid}>
          <thead>
            <tr>
              <th scope="col">{t('fulfill.split.item')}</th>
              <th scope="col" className={css.right}>
                {t('fulfill.split.stays')}
              </th>
              {parts.map((p, i) => (
                <th key={i} scope="col">
                  <div className={css.partHead}>
                    <span>{t('fulfill.split.part', { n: i + 1 })}</span>
                    {parts.length > 1 ? (
                      <button type="button" className={css.link} aria-label={t('fulfill.split.remove', { n: i + 1 })} onClick={() => setParts(parts.filter((_, at) => at !== i))}>
                        ×
                      </button>
                    ) : null}
                    <Select
                      aria-label={t('fulfill.split.warehouse', { n: i + 1 })}
                      value={p.warehouseId}
                      options={warehouses.map((w) => ({ value: w.id, label: w.name }))}
                      onChange={(warehouseId: string) => change(i, { warehouseId })}
                      style={{ width: 120, gridColumn: '1 / -1' }}
                    />
                  </div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {f.lines
              .filter((l) => (left[l.line_id] ?? 0) > 0)
              .map((l) => (
                <tr key={l.line_id}>
                  <th scope="row">{names[l.line_id] ?? ''}</th>
                  <td className={`${css.right} ${(rest[l.line_id] ?? 0) < 0 ? css.bad : ''}`}>
                    {rest[l.line_id]} / {left[l.line_id]}
                  </td>
                  {parts.map((p, i) => (
                    <td key={i}>
                      <InputNumber
                        autoFocus={i === 0 && l === f.lines[0]}
                        min={0}
                        max={left[l.line_id]}
                        precision={0}
                        value={p.taken[l.line_id] ?? 0}
                        aria-label={t('fulfill.split.quantity', { n: i + 1, item: names[l.line_id] ?? '' })}
                        onChange={(n) => change(i, { taken: { ...p.taken, [l.line_id]: n ?? 0 } })}
                        style={{ width: 120 }}
                      />
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('fulfill.split.total', { count: sum(left) })}</th>
              <td className={css.right}>{sum(rest)}</td>
              {parts.map((p, i) => (
                <td key={i}>{sum(p.taken)}</td>
              ))}
            </tr>
          </tfoot>
        </table>
      </ScrollBox>
      <div className={css.under}>
        <Button disabled={parts.length >= MOST_PARTS} onClick={() => setParts([...parts, fresh()])}>
          {t('fulfill.split.add')}
        </Button>
        <span className={css.muted} role="status">
          {fault ? t(`fulfill.split.fault.${fault}`) : t('fulfill.split.kept')}
        </span>
      </div>
    </FormDialog>
  )
}

/** The goods of a fulfillment order by line, also of the orders merged into it. */
function useTitles(f: FulfillmentOrder): Record<string, string> {
  const ids = [...new Set(f.lines.map((l) => l.order_id))]
  const all = useQueries({ queries: ids.map((id) => orderOf(id)) })
  return Object.fromEntries(
    all.flatMap((q) => (q.data ? q.data.line_details.map((l) => [l.id, [l.title, l.spec, ids.length > 1 ? q.data.channel_order_no : ''].filter(Boolean).join(' \u00b7 ')]) : [])),
  )
}
