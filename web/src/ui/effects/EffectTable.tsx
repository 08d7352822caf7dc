import { Button } from 'antd'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Effect } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable, type Column } from '../DataTable'
import { Tag, type Tone } from '../Tag'
import { Time } from '../Time'
import { useToast } from '../Toast'
import css from './effects.module.css'

const TONE: Record<Effect['state'], Tone> = { waiting: 'blue', sending: 'blue', done: 'green', refused: 'red', uncertain: 'amber', dropped: 'plain' }

/** Whether a person may still have a say: what is done, dropped or on its way is left alone. */
export function isOpen(e: Pick<Effect, 'state'>): boolean {
  return e.state === 'waiting' || e.state === 'refused' || e.state === 'uncertain'
}

interface EffectTableProps {
  label: string
  rows: Effect[]
  empty: ReactNode
  /** Leaves out the shop, the order, or both, where the page says them anyway. */
  without?: readonly ('shop' | 'order')[]
}

/** What channels are, were or shall be told, with what they answered and the two ways on. */
export function EffectTable({ label, rows, empty, without = [] }: EffectTableProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const shops = useShops()
  const may = useCan()('channel.sync')
  const act = useAction({
    run: ({ id, what }: { id: string; what: 'retry' | 'drop' }, key) => api.post(`/channel-effects/{id}/${what}` as const, undefined, { path: { id }, key }),
    invalidates: [['effects'], ['sync', 'backlogs'], ['orders', 'one']],
    onSuccess: (_, { what }) => toast.ok(t(`effects.${what}_done`)),
    onError: toast.bad,
  })
  const busy = (e: Effect, what: string) => act.isPending && act.variables.id === e.id && act.variables.what === what
  const columns: Column<Effect>[] = [
    { key: 'kind', title: t('effects.what'), render: (e) => <strong>{t(`effects.kind.${e.kind}`)}</strong> },
    { key: 'shop', title: t('effects.shop'), render: (e) => shops.find((s) => s.id === e.shop_id)?.name ?? '\u2013' },
    {
      key: 'order',
      title: t('effects.number'),
      render: (e) =>
        isId(e.order_id) ? (
          <Link to="/orders/$id" params={{ id: e.order_id }}>
            {e.channel_no}
          </Link>
        ) : (
          e.channel_no || '\u2013'
        ),
    },
    {
      key: 'state',
      title: t('effects.state_title'),
      render: (e) => (
        <span className={css.state}>
          <span>
            <Tag tone={TONE[e.state]}>{t(`effects.state.${e.state}`)}</Tag>
            {e.attempts > 1 ? <span className={css.muted}> {t('effects.attempts', { count: e.attempts })}</span> : null}
          </span>
          {e.error_message ? <span className={e.state === 'refused' ? css.bad : css.muted}>{e.error_message}</span> : null}
          {e.state === 'uncertain' ? <span className={css.muted}>{t('effects.uncertain_hint')}</span> : null}
          {e.next_at ? (
            <span className={css.muted}>
              {t('effects.next')} <Time at={e.next_at} />
            </span>
          ) : null}
        </span>
      ),
    },
    { key: 'who', title: t('effects.who'), render: (e) => (e.actor_name && e.actor_name !== 'system' ? e.actor_name : t('effects.system')) },
    { key: 'at', title: t('effects.at'), render: (e) => <Time at={e.done_at ?? e.created_at} /> },
    {
      key: 'act',
      title: '',
      align: 'right',
      render: (e) =>
        may && isOpen(e) ? (
          <span className={css.acts}>
            <Button loading={busy(e, 'retry')} onClick={() => act.mutate({ id: e.id, what: 'retry' })}>
              {t('effects.retry')}
            </Button>
            <Button loading={busy(e, 'drop')} onClick={() => act.mutate({ id: e.id, what: 'drop' })}>
              {t('effects.drop')}
            </Button>
          </span>
        ) : null,
    },
  ]
  return <DataTable label={label} rows={rows} rowKey={(e) => e.id} empty={empty} columns={columns.filter((c) => !(without as readonly string[]).includes(c.key))} rowTone={(e) => (e.state === 'refused' ? 'bad' : e.state === 'uncertain' ? 'warn' : undefined)} />
}
