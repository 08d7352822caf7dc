import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Select } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Waybill } from '@/lib/api/contract'
import { ApiError } from '@/lib/api/errors'
import { isId } from '@/lib/id'
import { usePersonName } from '@/lib/person'
import { useCan } from '@/lib/session'
import { CopyButton } from '@/ui/Copyable'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { accountsQuery, useAccountName, useCarrierName } from './queries'
import { WAYBILL_STATES, type CarrierSearch, type WaybillState } from './search'
import css from './carriers.module.css'

const TONE: Record<Waybill['state'], Tone> = { wanted: 'blue', asking: 'blue', uncertain: 'amber', issued: 'green', failed: 'red', cancelling: 'plain', cancelled: 'plain' }

/** Numbers whose issuer has not had the last word. */
const ASKED: ReadonlySet<Waybill['state']> = new Set(['wanted', 'asking', 'uncertain', 'cancelling'])
const ASKED_MS = 3000
const QUIET_MS = 15_000

/** Every number, wanted or there, and what a person has to do about it. */
export function Waybills({ search, onSearch }: { search: CarrierSearch; onSearch: (next: CarrierSearch) => void }) {
  const { t } = useTranslation()
  const accounts = useQuery(accountsQuery).data ?? []
  const { account, state, no } = search
  const set = (patch: CarrierSearch) => onSearch({ ...search, ...patch })
  const list = useInfiniteQuery({
    queryKey: ['waybills', account, state, no],
    queryFn: ({ pageParam, signal }) => api.get('/waybills', { query: { account_id: account, state, no, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    // That a number is wanted, or its answer was lost, is told by nobody.
    refetchInterval: (q) => (q.state.data?.pages.some((p) => p.items.some((w) => ASKED.has(w.state))) ? ASKED_MS : QUIET_MS),
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const narrowed = Boolean(account || state || no)
  return (
    <Page title={t('carriers.tab.waybills')} hint={t('carriers.waybills_hint')}>
      <Panel flush>
        <div className={css.bar}>
          <label>
            <span>{t('carriers.state')}</span>
            <Select
              style={{ width: 170 }}
              aria-label={t('carriers.state')}
              value={state ?? ''}
              options={[{ value: '', label: t('carriers.any_state') }, ...WAYBILL_STATES.map((s) => ({ value: s, label: t(`carriers.waybill_state.${s}`) }))]}
              onChange={(s: string) => set({ state: (s || undefined) as WaybillState | undefined })}
            />
          </label>
          <label>
            <span>{t('carriers.account')}</span>
            <Select style={{ width: 220 }} aria-label={t('carriers.account')} value={account ?? ''} options={[{ value: '', label: t('carriers.any_account') }, ...accounts.map((a) => ({ value: a.id, label: a.name }))]} onChange={(id: string) => set({ account: id || undefined })} />
          </label>
          <label>
            <span>{t('carriers.waybill_no')}</span>
            <Input.Search key={no} allowClear style={{ width: 240 }} aria-label={t('carriers.waybill_no')} defaultValue={no} onSearch={(text) => set({ no: text.trim() || undefined })} />
          </label>
          <Button aria-pressed={state === 'uncertain'} onClick={() => set({ state: state === 'uncertain' ? undefined : 'uncertain' })}>
            {t('carriers.only_uncertain')}
          </Button>
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <Table
            rows={rows}
            empty={
              <Empty title={state === 'uncertain' ? t('carriers.no_uncertain') : narrowed ? t('carriers.none_found') : t('carriers.no_waybills')}>
                {narrowed ? <Button onClick={() => onSearch({ tab: 'waybills' })}>{t('carriers.show_all')}</Button> : <p>{t('carriers.no_waybills_next')}</p>}
              </Empty>
            }
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
    </Page>
  )
}

function Table({ rows, empty }: { rows: Waybill[]; empty: ReactNode }) {
  const { t } = useTranslation()
  const person = usePersonName()
  const account = useAccountName()
  const carrier = useCarrierName()
  const may = useCan()('waybill.issue')
  const [answering, setAnswering] = useState<Waybill | null>(null)
  return (
    <>
      <DataTable
        label={t('carriers.tab.waybills')}
        rows={rows}
        rowKey={(w) => w.id}
        rowTone={(w) => (w.state === 'failed' ? 'bad' : w.state === 'uncertain' || w.stale ? 'warn' : undefined)}
        empty={empty}
        columns={[
          {
            key: 'no',
            title: t('carriers.waybill_no'),
            render: (w) => (
              <>
                {w.no ? (
                  <>
                    <strong>{w.no}</strong> <CopyButton text={w.no} />
                  </>
                ) : (
                  '\u2013'
                )}
                {w.pieces > 1 ? <small className={css.under}>{t('carriers.piece', { n: w.piece, of: w.pieces })}</small> : null}
              </>
            ),
          },
          {
            key: 'state',
            title: t('carriers.state'),
            render: (w) => (
              <>
                <Tag tone={TONE[w.state]}>{t(`carriers.waybill_state.${w.state}`)}</Tag>
                {w.stale ? <Tag tone="amber">{t('carriers.stale')}</Tag> : null}
                {w.error ? <small className={css.bad}>{w.error.message}</small> : null}
                {w.attempts > 1 && w.state !== 'issued' && w.state !== 'cancelled' ? <small className={css.under}>{t('carriers.attempts', { n: w.attempts })}</small> : null}
              </>
            ),
          },
          {
            key: 'orders',
            title: t('carriers.order'),
            render: (w) => (
              <ul className={css.plain}>
                {w.orders.map((o) => (
                  <li key={o.id}>
                    <Link to="/orders/$id" params={{ id: o.id }}>
                      {o.channel_order_no}
                    </Link>
                  </li>
                ))}
              </ul>
            ),
          },
          {
            key: 'account',
            title: t('carriers.account'),
            render: (w) => (
              <>
                {account(w.account_id)}
                <small className={css.under}>{carrier(w.carrier)}</small>
              </>
            ),
          },
          { key: 'mark', title: t('carriers.sort_code'), render: (w) => [w.sort_code, w.mark, w.bag].filter(Boolean).join(' · ') },
          { key: 'at', title: t('carriers.asked_at'), render: (w) => <Time at={w.created_at} /> },
          { key: 'who', title: t('carriers.by'), render: (w) => person(w.actor_name) },
          { key: 'act', title: '', align: 'right', render: (w) => (may && w.live && !isId(w.parent_id) ? <Acts waybill={w} onAnswer={() => setAnswering(w)} /> : null) },
        ]}
      />
      {answering ? <AnswerDialog waybill={answering} onClose={() => setAnswering(null)} /> : null}
    </>
  )
}

/** What may be done with a live waybill; all its pieces go with it. */
function Acts({ waybill: w, onAnswer }: { waybill: Waybill; onAnswer: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const ids = [w.fulfillment_order_id]
  const again = useAction({
    run: (_: null, key) => api.post('/waybills', { fulfillment_order_ids: ids, account_id: w.account_id, product: w.product, pieces: w.pieces, replace: true }, { key }),
    invalidates: [['waybills']],
    onSuccess: (out) => {
      const error = out.items[0]?.error
      if (error) toast.bad(new ApiError({ status: 409, code: error.code, detail: error.message }))
      else toast.ok(t('carriers.asked_again'))
    },
    onError: toast.bad,
  })
  const refresh = useAction({
    run: (_: null, key) => api.post('/waybills/refresh', { fulfillment_order_ids: ids }, { key }),
    invalidates: [['waybills']],
    onSuccess: (out) => {
      const one = out.items[0]
      if (one?.error) toast.bad(new ApiError({ status: 409, code: one.error.code, detail: one.error.message }))
      else if (one?.outcome) toast.ok(t(`carriers.refreshed.${one.outcome}`))
    },
    onError: toast.bad,
  })
  const cancel = useAction({
    run: (_: null, key) => api.post('/waybills/cancel', { fulfillment_order_ids: ids }, { key }),
    invalidates: [['waybills'], ['carrier-accounts']],
    onSuccess: () => toast.ok(w.no ? t('carriers.cancelled', { no: w.no }) : t('carriers.given_up')),
    onError: toast.bad,
  })
  return (
    <span className={css.acts}>
      {w.state === 'uncertain' ? (
        <Button type="primary" onClick={onAnswer}>
          {t('carriers.answer')}
        </Button>
      ) : null}
      {w.stale ? (
        <Button type="primary" loading={refresh.isPending} onClick={() => refresh.mutate(null)}>
          {t('carriers.refresh')}
        </Button>
      ) : w.state === 'failed' ? (
        <Button type="primary" loading={again.isPending} onClick={() => again.mutate(null)}>
          {t('carriers.ask_again')}
        </Button>
      ) : null}
      {w.state === 'issued' ? (
        <Button danger loading={cancel.isPending} onClick={() => cancel.mutate(null)}>
          {t('carriers.cancel', { no: w.no })}
        </Button>
      ) : w.state === 'wanted' || w.state === 'failed' ? (
        <Button danger loading={cancel.isPending} onClick={() => cancel.mutate(null)}>
          {t('carriers.give_up')}
        </Button>
      ) : null}
    </span>
  )
}

/** What a person found on the carrier's own page about a number of which nobody here knows. */
function AnswerDialog({ waybill: w, onClose }: { waybill: Waybill; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const carrier = useCarrierName()
  const [issued, setIssued] = useState(true)
  const [text, setText] = useState('')
  const [confirm, setConfirm] = useState(false)
  const numbers = issued ? text.split(/[\s,;]+/u).filter(Boolean) : []
  const save = useAction({
    run: (body: { numbers: string[]; confirm: boolean }, key) => api.post('/waybills/{id}/answer', body, { path: { id: w.id }, key }),
    invalidates: [['waybills'], ['carrier-accounts']],
    onSuccess: (out) => {
      toast.ok(out.no ? t('carriers.answered', { no: out.no }) : t('carriers.asked_again'))
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('carriers.answer_title', { order: w.orders.map((o) => o.channel_order_no).join(', ') })}
      action={issued ? t('carriers.answer_issued', { no: numbers[0] ?? '' }) : t('carriers.answer_none')}
      valid={!issued || numbers.length > 0}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate({ numbers, confirm })}
      onClose={onClose}
    >
      <p>{t('carriers.answer_hint', { carrier: carrier(w.carrier) })}</p>
      {w.error ? <p className={css.muted}>{w.error.message}</p> : null}
      <label className={css.check}>
        <input type="radio" name="issued" checked={issued} onChange={() => setIssued(true)} />
        {t('carriers.it_was')}
      </label>
      {issued ? (
        <Field label={t('carriers.waybill_no')} hint={w.pieces > 1 ? t('carriers.answer_pieces', { n: w.pieces }) : undefined}>
          <Input.TextArea autoFocus rows={w.pieces > 1 ? 3 : 1} aria-label={t('carriers.waybill_no')} value={text} onChange={(e) => setText(e.target.value)} />
          <label className={css.check}>
            <input type="checkbox" checked={confirm} onChange={(e) => setConfirm(e.target.checked)} />
            {t('carriers.numbers_confirm')}
          </label>
        </Field>
      ) : null}
      <label className={css.check}>
        <input type="radio" name="issued" checked={!issued} onChange={() => setIssued(false)} />
        {t('carriers.it_was_not')}
      </label>
    </FormDialog>
  )
}
