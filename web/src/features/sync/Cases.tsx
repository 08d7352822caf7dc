import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { ChannelCase, Effect } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { defined } from '@/lib/defined'
import { fenToInput, formatFen, parseYuan } from '@/lib/format'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Money } from '@/ui/Money'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { Until } from './SyncView'
import css from './sync.module.css'

const TONE: Record<ChannelCase['state'], Tone> = { requested: 'red', returning: 'amber', receiving: 'amber', refused: 'plain', closed: 'plain', refunded: 'green', exchanged: 'green', unknown: 'amber' }

interface CasesProps {
  shopId: string
  /** The channel takes decisions by API. */
  decides: boolean
}

/** After-sale cases as the channel tells them, those that wait for an answer with its two buttons. */
export function Cases({ shopId, decides }: CasesProps) {
  const { t } = useTranslation()
  const now = useNow()
  const may = useCan()('refund.approve') && decides
  const [deciding, setDeciding] = useState<{ one: ChannelCase; approve: boolean } | null>(null)
  const list = useInfiniteQuery({
    queryKey: ['sync', 'cases', shopId],
    queryFn: ({ pageParam, signal }) => api.get('/sync/{id}/cases', { path: { id: shopId }, query: { limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: 30_000,
  })
  // What was decided a moment ago is not yet in the channel's list: its effect stands in for the buttons.
  const told = useQuery({
    queryKey: ['effects', shopId, 'cases'],
    queryFn: ({ signal }) => api.get('/channel-effects', { query: { shop_id: shopId, limit: 100 }, signal }).then((l) => l.items.filter((e) => e.kind === 'decide_aftersale')),
    enabled: may,
    refetchInterval: 15_000,
  }).data
  const rows = list.data?.pages.flatMap((p) => p.items).toSorted(byDeadline) ?? []
  return (
    <Page title={t('sync.tab.cases')} hint={decides ? t('sync.cases_hint') : t('sync.cases_read_only')}>
      <Panel flush>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? <Skeleton /> : null}
        {list.data ? (
          <DataTable
            label={t('sync.tab.cases')}
            rows={rows}
            rowKey={(c) => c.case_no}
            empty={<Empty title={t('sync.no_cases')} />}
            columns={[
              { key: 'no', title: t('sync.case_no'), render: (c) => <strong>{c.case_no}</strong> },
              {
                key: 'order',
                title: t('sync.order_no'),
                render: (c) => (
                  <Link to="/orders" search={{ numbers: c.channel_order_no }}>
                    {c.channel_order_no}
                  </Link>
                ),
              },
              { key: 'kind', title: t('sync.kind_title'), render: (c) => t(`sync.case_kind.${c.kind}`, { defaultValue: c.kind }) },
              {
                key: 'state',
                title: t('sync.state'),
                render: (c) => (
                  <span className={css.lines}>
                    <span>
                      <Tag tone={TONE[c.state]}>{t(`sync.case_state.${c.state}`)}</Tag>
                    </span>
                    <span className={css.muted}>{c.state_raw}</span>
                  </span>
                ),
              },
              { key: 'amount', title: t('sync.refund'), align: 'right', render: (c) => <Money fen={c.refund_fen} /> },
              { key: 'pieces', title: t('sync.pieces'), align: 'right', render: (c) => c.quantity || '\u2013' },
              { key: 'back', title: t('sync.comes_back'), render: (c) => [c.return_carrier, c.return_waybill].filter(Boolean).join(' ') || '\u2013' },
              { key: 'opened', title: t('sync.opened_at'), render: (c) => <Time at={c.opened_at} /> },
              { key: 'due', title: t('sync.decide_by'), render: (c) => (c.state === 'requested' ? <Until at={c.decide_by_at} now={now} /> : '\u2013') },
              {
                key: 'act',
                title: may ? t('sync.decision') : '',
                align: 'right',
                render: (c) => {
                  if (!may || c.state !== 'requested') return null
                  const decision = decisionOf(c, told)
                  return decision ? (
                    <Tag tone="blue">{t(`effects.state.${decision.state}`)}</Tag>
                  ) : (
                    <span className={css.row} style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
                      <Button type="primary" onClick={() => setDeciding({ one: c, approve: true })}>
                        {t('sync.approve')}
                      </Button>
                      <Button onClick={() => setDeciding({ one: c, approve: false })}>{t('sync.refuse')}</Button>
                    </span>
                  )
                },
              },
            ]}
          />
        ) : null}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {deciding ? <DecideDialog shopId={shopId} one={deciding.one} approve={deciding.approve} onClose={() => setDeciding(null)} /> : null}
    </Page>
  )
}

/** The decision of a case that is on its way or done and newer than what the channel told last. */
export function decisionOf(c: ChannelCase, told: Effect[] | undefined): Effect | undefined {
  const since = Date.parse(c.modified_at ?? '') || 0
  return told?.find((e) => e.channel_no === c.case_no && e.state !== 'refused' && e.state !== 'dropped' && Date.parse(e.created_at ?? '') >= since)
}

/** Those that wait for us first, the nearest deadline on top, then the newest. */
export function byDeadline(a: ChannelCase, b: ChannelCase): number {
  const waits = Number(b.state === 'requested') - Number(a.state === 'requested')
  if (waits !== 0) return waits
  const at = (c: ChannelCase) => Date.parse(c.decide_by_at ?? '') || Infinity
  if (a.state === 'requested' && at(a) !== at(b)) return at(a) < at(b) ? -1 : 1
  return Date.parse(b.opened_at ?? '') - Date.parse(a.opened_at ?? '') || 0
}

function DecideDialog({ shopId, one, approve, onClose }: { shopId: string; one: ChannelCase; approve: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [amount, setAmount] = useState(fenToInput(one.refund_fen))
  const [reason, setReason] = useState('')
  const [address, setAddress] = useState('')
  const fen = parseYuan(amount)
  const returns = approve && one.kind === 'return'
  const save = useAction({
    run: (body: object, key) => api.post('/shops/{id}/aftersales/{no}/decision', body, { path: { id: shopId, no: one.case_no }, key }),
    invalidates: [['sync'], ['effects'], ['orders']],
    onSuccess: () => {
      toast.ok(t('sync.decided'))
      onClose()
    },
  })
  const money = formatFen(fen ?? one.refund_fen)
  const valid = approve ? fen !== null && fen >= 0 && fen <= (one.refund_fen ?? 0) : reason.trim() !== ''
  const submit = () =>
    save.mutate(
      defined({
        order_no: one.channel_order_no,
        version: one.version || undefined,
        approve,
        amount_fen: approve ? fen : 0,
        reason: reason.trim() || undefined,
        return_address_no: returns ? address.trim() || undefined : undefined,
      }),
    )
  return (
    <FormDialog
      title={approve ? t('sync.approve_title', { no: one.case_no }) : t('sync.refuse_title', { no: one.case_no })}
      action={approve ? (returns ? t('sync.approve_return', { money }) : t('sync.approve_refund', { money })) : t('sync.refuse_action', { money: formatFen(one.refund_fen) })}
      danger
      valid={valid}
      saving={save.isPending}
      error={save.error}
      onSave={submit}
      onClose={onClose}
    >
      <p>{approve ? t('sync.approve_hint') : t('sync.refuse_hint')}</p>
      {approve ? (
        <Field label={t('sync.refund')} hint={t('sync.refund_hint', { money: formatFen(one.refund_fen) })}>
          <Input prefix={'\u00a5'} inputMode="decimal" aria-label={t('sync.refund')} value={amount} onChange={(e) => setAmount(e.target.value)} />
        </Field>
      ) : null}
      {returns ? (
        <Field label={t('sync.return_address')} hint={t('sync.return_address_hint')}>
          <Input maxLength={64} aria-label={t('sync.return_address')} value={address} onChange={(e) => setAddress(e.target.value)} />
        </Field>
      ) : null}
      <Field label={t('sync.reason')}>
        <Input maxLength={200} autoFocus={!approve} aria-label={t('sync.reason')} value={reason} onChange={(e) => setReason(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
