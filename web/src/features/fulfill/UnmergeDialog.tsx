import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { FulfillmentOrder } from '@/lib/api/contract'
import { FormDialog } from '@/ui/FormDialog'
import { EDIT_KEYS, orderOf } from './api'
import css from './fulfill.module.css'
import { useDone } from './useUndo'

/** Takes orders out of a parcel they share; each leaves by itself, the others stay together. */
export function UnmergeDialog({ f, onClose }: { f: FulfillmentOrder; onClose: () => void }) {
  const { t } = useTranslation()
  const done = useDone()
  const ids = [...new Set(f.lines.map((l) => l.order_id))]
  const orders = useQueries({ queries: ids.map((id) => orderOf(id)) })
  const [out, setOut] = useState<string[]>(ids)
  const save = useAction({
    run: (order_ids: string[], key) => api.post('/fulfillment-orders/{id}/unmerge', { order_ids }, { path: { id: f.id }, key }),
    invalidates: EDIT_KEYS,
    onSuccess: (made) => {
      done(t('fulfill.unmerge.done', { count: made.after.length }), made.edit_id)
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('fulfill.unmerge.title')}
      action={t('fulfill.unmerge.go', { count: out.length })}
      valid={out.length > 0}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate(out)}
      onClose={onClose}
    >
      <p className={css.muted}>{t('fulfill.unmerge.hint')}</p>
      <ul className={css.candidates}>
        {ids.map((id, i) => (
          <li key={id}>
            <label>
              <input type="checkbox" checked={out.includes(id)} onChange={(e) => setOut(e.target.checked ? [...out, id] : out.filter((o) => o !== id))} />
              <span>
                {orders[i]?.data?.channel_order_no ?? id} <span className={css.muted}>{t('fulfill.pieces', { count: f.lines.filter((l) => l.order_id === id).reduce((n, l) => n + l.quantity, 0) })}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </FormDialog>
  )
}
