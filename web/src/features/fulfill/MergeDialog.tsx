import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { FulfillmentOrder, MergeMember } from '@/lib/api/contract'
import { FormDialog } from '@/ui/FormDialog'
import { Empty, QueryState } from '@/ui/States'
import { SlaPill } from '@/ui/SlaPill'
import { candidatesQuery, EDIT_KEYS } from './api'
import css from './fulfill.module.css'
import { useDone } from './useUndo'

/** What goes to the same receiver: those that can travel along, and why the others cannot. */
export function MergeDialog({ f, onClose }: { f: FulfillmentOrder; onClose: () => void }) {
  const { t } = useTranslation()
  const done = useDone()
  const query = useQuery(candidatesQuery(f.id))
  const [left, setLeft] = useState<string[]>([])
  const fit = query.data?.filter((m) => !m.why_not) ?? []
  const chosen = fit.filter((m) => !left.includes(m.id))
  const save = useAction({
    run: (ids: string[], key) => api.post('/fulfillment-orders/merge', { ids }, { key }),
    invalidates: EDIT_KEYS,
    onSuccess: (out) => {
      done(t('fulfill.merge.done', { count: out.before.length }), out.edit_id)
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('fulfill.merge.title')}
      action={t('fulfill.merge.go', { count: chosen.length + 1 })}
      width={640}
      valid={chosen.length > 0}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate([f.id, ...chosen.map((m) => m.id)])}
      onClose={onClose}
    >
      <QueryState query={query} skeletonRows={3}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t('fulfill.merge.none')}>{t('fulfill.merge.none_hint')}</Empty>
          ) : (
            <ul className={css.candidates}>
              {all.map((m) => (
                <Candidate key={m.id} m={m} checked={!m.why_not && !left.includes(m.id)} onChange={(on) => setLeft(on ? left.filter((id) => id !== m.id) : [...left, m.id])} />
              ))}
            </ul>
          )
        }
      </QueryState>
    </FormDialog>
  )
}

function Candidate({ m, checked, onChange }: { m: MergeMember; checked: boolean; onChange: (on: boolean) => void }) {
  const { t } = useTranslation()
  return (
    <li>
      <label>
        <input type="checkbox" checked={checked} disabled={m.why_not !== null} onChange={(e) => onChange(e.target.checked)} />
        <span>
          {m.order_nos.join(', ')} <span className={css.muted}>{t('fulfill.pieces', { count: m.pieces })}</span>
          {m.why_not ? <small>{m.why_not.message}</small> : null}
        </span>
      </label>
      <SlaPill due={m.ship_by_at} />
    </li>
  )
}
