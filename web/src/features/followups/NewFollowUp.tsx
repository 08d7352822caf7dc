import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { StateTag } from '@/ui/orders/parts'
import { Empty, QueryState } from '@/ui/States'
import type { Kind } from './draft'
import css from './followups.module.css'
import FollowUpDialog from './FollowUpDialog'

interface NewFollowUpProps {
  kind: Kind
  onKind: (kind: Kind | 'manual') => void
  onClose: () => void
  onMade: (id: string) => void
}

/** Finds the order to make good for by its number, then goes on as from that order. */
export default function NewFollowUp({ kind, onKind, onClose, onMade }: NewFollowUpProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [no, setNo] = useState('')
  const [origin, setOrigin] = useState('')
  const query = useQuery({
    queryKey: ['orders', 'by-number', no],
    queryFn: ({ signal }) => api.post('/orders/search', { filter: { numbers: [no] }, limit: 20 }, { signal }),
    enabled: no !== '',
  })
  if (origin) return <FollowUpDialog orderId={origin} kind={kind} onClose={onClose} onMade={onMade} />
  return (
    <Modal open title={t('orders.new_order')} onCancel={onClose} footer={null} width={720}>
      <div className={css.box}>
        <Radio.Group
          optionType="button"
          aria-label={t('followups.kind')}
          value={kind}
          options={(['manual', 'reship', 'exchange'] as const).map((value) => ({ value, label: t(`orders.type.${value}`) }))}
          onChange={(e) => onKind(e.target.value as Kind | 'manual')}
        />
        <p className={css.muted}>{t('followups.origin_hint')}</p>
        <Input.Search
          autoFocus
          maxLength={100}
          aria-label={t('followups.origin_no')}
          enterButton={t('followups.origin_find')}
          value={typed}
          onChange={(e) => setTyped(e.target.value)}
          onSearch={(text) => setNo(text.trim())}
        />
        {no ? (
          <QueryState query={query} skeletonRows={2}>
            {(found) =>
              found.items.length === 0 ? (
                <Empty title={t('followups.origin_none')} />
              ) : (
                found.items.map((o) => (
                  <div key={o.id} className={css.tags}>
                    <Button onClick={() => setOrigin(o.id)}>{t('followups.pick', { no: o.channel_order_no })}</Button>
                    {o.shop_name} <StateTag state={o.state} /> {o.receiver_masked}
                  </div>
                ))
              )
            }
          </QueryState>
        ) : null}
      </div>
    </Modal>
  )
}
