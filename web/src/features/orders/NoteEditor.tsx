import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { OrderDetail } from '@/lib/api/contract'
import { ErrorBox } from '@/ui/States'
import { ORDER_KEYS } from './api'
import css from './orders.module.css'

/** The seller's note in place; Ctrl+Enter saves. When someone else wrote meanwhile, both texts stay on screen. */
export function NoteEditor({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const [text, setText] = useState<string | null>(null)
  const save = useAction({
    run: (body: { seller_note: string; version: number }, key) => api.post('/orders/{id}/note', body, { path: { id: order.id }, key }),
    invalidates: ORDER_KEYS,
    onSuccess: () => setText(null),
  })
  if (text === null) {
    return (
      <>
        {order.seller_note || '\u2013'}{' '}
        {order.allowed_actions.includes('note') ? (
          <button type="button" className={css.link} onClick={() => setText(order.seller_note)}>
            {t('common.edit')}
          </button>
        ) : null}
      </>
    )
  }
  const submit = () => save.mutate({ seller_note: text, version: order.version })
  return (
    <div className={css.editNote}>
      {save.error?.status === 409 ? <p className={css.muted}>{t('orders.note_now', { note: order.seller_note || '\u2013' })}</p> : null}
      <Input.TextArea
        autoFocus
        rows={2}
        maxLength={500}
        value={text}
        aria-label={t('orders.seller_note')}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) submit()
          if (e.key === 'Escape') {
            e.stopPropagation()
            setText(null)
          }
        }}
      />
      <div className={css.rowButtons}>
        <Button type="primary" loading={save.isPending} onClick={submit} title="Ctrl Enter">
          {t('common.save')}
        </Button>
        <Button onClick={() => setText(null)}>{t('common.cancel')}</Button>
      </div>
      {save.error ? <ErrorBox error={save.error} /> : null}
    </div>
  )
}
