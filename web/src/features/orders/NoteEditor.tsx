import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderRow } from '@/lib/api/contract'
import { ErrorBox } from '@/ui/States'
import { ORDER_KEYS, orderQuery } from './api'
import css from './orders.module.css'
import { useOffers } from './rights'

type Noted = Pick<OrderRow, 'id' | 'seller_note' | 'version' | 'allowed_actions'>

/** The seller's note in place, with a way to change it. */
export function NoteEditor({ order }: { order: Noted }) {
  const { t } = useTranslation()
  const offers = useOffers()
  const [open, setOpen] = useState(false)
  if (open) return <NoteForm order={order} onDone={() => setOpen(false)} />
  return (
    <>
      {order.seller_note || '\u2013'}{' '}
      {offers(order, 'note') ? (
        <button type="button" className={css.link} onClick={() => setOpen(true)}>
          {t('common.edit')}
        </button>
      ) : null}
    </>
  )
}

/** Writes the seller's note; Ctrl+Enter saves. When someone else changed the order meanwhile, both texts stay on screen and the next save is over theirs. */
export function NoteForm({ order, onDone }: { order: Noted; onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [text, setText] = useState(order.seller_note)
  const [theirs, setTheirs] = useState<Noted | null>(null)
  const save = useAction({
    run: (body: { seller_note: string; version: number }, key) => api.post('/orders/{id}/note', body, { path: { id: order.id }, key }),
    invalidates: ORDER_KEYS,
    onSuccess: onDone,
    onError: (error) => {
      if (error.status === 409) void client.fetchQuery({ ...orderQuery(order.id), staleTime: 0 }).then(setTheirs, () => undefined)
    },
  })
  const submit = () => save.mutate({ seller_note: text.trim(), version: (theirs ?? order).version })
  return (
    <div className={css.editNote}>
      {theirs ? <p className={css.muted}>{t('orders.note_now', { note: theirs.seller_note || '\u2013' })}</p> : null}
      <Input.TextArea
        autoFocus
        rows={3}
        maxLength={500}
        value={text}
        aria-label={t('orders.seller_note')}
        placeholder={t('orders.param_hint.note')}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) submit()
          if (e.key === 'Escape') {
            e.stopPropagation()
            onDone()
          }
        }}
      />
      <div className={css.rowButtons}>
        <Button type="primary" loading={save.isPending} onClick={submit} title="Ctrl Enter">
          {t('common.save')}
        </Button>
        <Button onClick={onDone}>{t('common.cancel')}</Button>
      </div>
      {save.error && !theirs ? <ErrorBox error={save.error} /> : null}
    </div>
  )
}
