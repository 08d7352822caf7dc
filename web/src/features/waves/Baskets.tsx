import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { WaveBasket, WaveSheet } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { FormDialog } from '@/ui/FormDialog'
import { Panel } from '@/ui/Page'
import { Tag } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import { WAVE_KEYS } from './queries'
import css from './waves.module.css'

// The refusal of content that changed: a person may have the basket picked for what it holds now.
const CHANGED = 'fulfillment.content_changed'

/** The baskets of a wave: whose they are, how full, and which to pull out. */
export function Baskets({ sheet, live }: { sheet: WaveSheet; live: boolean }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('packing.wave') && live
  const [removing, setRemoving] = useState<WaveBasket | null>(null)
  const renew = useAction({
    run: (fo: string, key) => api.post('/waves/{id}/orders/{fulfillment_order_id}/renew', undefined, { path: { id: sheet.id, fulfillment_order_id: fo }, key }),
    invalidates: WAVE_KEYS,
    onSuccess: () => toast.ok(t('waves.renewed')),
    onError: toast.bad,
  })
  const remove = useAction({
    run: (fo: string, key) => api.post('/waves/{id}/orders/{fulfillment_order_id}/remove', undefined, { path: { id: sheet.id, fulfillment_order_id: fo }, key }),
    invalidates: WAVE_KEYS,
    onSuccess: () => {
      toast.ok(t('waves.removed_toast', { n: removing?.position }))
      setRemoving(null)
    },
  })
  return (
    <Panel flush>
      <DataTable
        label={t('waves.sheet.baskets')}
        rows={sheet.baskets}
        rowKey={(b) => b.fulfillment_order_id}
        rowTone={(b) => (b.hit ? 'bad' : b.left_reason !== '' ? 'warn' : undefined)}
        columns={[
          { key: 'position', title: t('waves.basket'), align: 'right', width: 70, render: (b) => <strong>{b.position}</strong> },
          {
            key: 'orders',
            title: t('waves.order_no'),
            render: (b) => (
              <span className={css.links}>
                {b.orders.map((o) => (
                  <Link key={o.id} to="/orders/$id" params={{ id: o.id }}>
                    {o.channel_order_no}
                  </Link>
                ))}
              </span>
            ),
          },
          { key: 'wanted', title: t('waves.wanted'), align: 'right', render: (b) => groupDigits(b.wanted) },
          { key: 'picked', title: t('waves.picked'), align: 'right', render: (b) => groupDigits(b.picked) },
          { key: 'short', title: t('waves.numbers.short'), align: 'right', render: (b) => <span className={b.short > 0 ? css.short : undefined}>{groupDigits(b.short)}</span> },
          {
            key: 'state',
            title: t('waves.state_title'),
            render: (b) => (
              <>
                {b.hit ? <Tag tone="red">{b.hit.message}</Tag> : null}
                {b.left_reason !== '' ? <Tag tone="amber">{t(`waves.left.${b.left_reason}`)}</Tag> : null}
                {b.put_back > 0 ? <Tag tone="amber">{t('waves.put_back', { count: b.put_back })}</Tag> : null}
                {!b.hit && b.left_reason === '' && b.picked >= b.wanted ? <Tag tone="green">{t('waves.full')}</Tag> : null}
              </>
            ),
          },
          {
            key: 'act',
            title: '',
            align: 'right',
            render: (b) =>
              may && b.left_reason === '' ? (
                <span className={css.acts}>
                  {b.hit?.code === CHANGED ? (
                    <Button loading={renew.isPending && renew.variables === b.fulfillment_order_id} onClick={() => renew.mutate(b.fulfillment_order_id)}>
                      {t('waves.renew')}
                    </Button>
                  ) : null}
                  <Button danger={b.hit !== null} onClick={() => setRemoving(b)}>
                    {t('waves.remove')}
                  </Button>
                </span>
              ) : null,
          },
        ]}
      />
      {removing ? (
        <FormDialog
          title={t('waves.remove_title', { n: removing.position })}
          action={t('waves.remove_action', { n: removing.position })}
          danger
          valid
          saving={remove.isPending}
          error={remove.error}
          onSave={() => remove.mutate(removing.fulfillment_order_id)}
          onClose={() => setRemoving(null)}
        >
          <p>{removing.picked > 0 ? t('waves.remove_picked', { count: removing.picked }) : t('waves.remove_text')}</p>
        </FormDialog>
      ) : null}
    </Panel>
  )
}
