import { Button, Select } from 'antd'
import { useState } from 'react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Sync } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { Panel } from '@/ui/Page'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import css from './sync.module.css'

const STATES = ['pending_payment', 'partly_paid', 'awaiting_shipment', 'partly_shipped', 'shipped', 'delivered', 'completed', 'closed'] as const
type State = (typeof STATES)[number]

/** Status words of the channel that hold orders up until somebody says what they mean. */
export function UnknownWords({ sync }: { sync: Sync }) {
  const { t } = useTranslation()
  if (sync.unknown_words.length === 0) return null
  return (
    <Panel title={t('sync.unknown_words')} note={t('sync.unknown_words_note')}>
      {sync.unknown_words.map((w) => (
        <Word key={w.word} id={sync.shop_id} word={w.word} orders={w.orders} />
      ))}
    </Panel>
  )
}

function Word({ id, word, orders }: { id: string; word: string; orders: number }) {
  const { t } = useTranslation()
  const toast = useToast()
  const can = useCan()
  const [status, setStatus] = useState<State>()
  const save = useAction({
    run: (as: State, key) => api.post('/sync/{id}/status-words', { word, status: as }, { path: { id }, key }),
    invalidates: [['sync'], ['orders']],
    onSuccess: () => toast.ok(t('sync.word_saved')),
  })
  return (
    <>
      <div className={css.bar}>
        <strong>{word}</strong>
        <Link to="/orders" search={{ hold: ['channel_status_unknown'], shop_id: [id] }}>
          {t('sync.n_orders', { count: orders })}
        </Link>
        {can('channel.edit') ? (
          <>
            <Select
              style={{ width: 200 }}
              placeholder={t('imports.means')}
              aria-label={t('imports.word_means', { word })}
              value={status}
              options={STATES.map((s) => ({ value: s, label: t(`imports.status.${s}`) }))}
              onChange={setStatus}
            />
            <Button type="primary" disabled={!status} loading={save.isPending} onClick={() => status && save.mutate(status)}>
              {t('common.save')}
            </Button>
          </>
        ) : null}
      </div>
      {save.error ? <ErrorBox error={save.error} /> : null}
    </>
  )
}
