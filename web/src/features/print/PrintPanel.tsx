import { useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useNow } from '@/lib/clock'
import { defined } from '@/lib/defined'
import { formatFen, groupDigits } from '@/lib/format'
import { useKeys } from '@/lib/keyboard'
import { KEY } from '@/lib/keymap'
import { readPref, writePref } from '@/lib/prefs'
import { useCan } from '@/lib/session'
import { FormDialog } from '@/ui/FormDialog'
import { Field } from '@/ui/Field'
import { Panel } from '@/ui/Page'
import { ErrorBox } from '@/ui/States'
import { Dot } from '@/ui/Tag'
import { isOnline } from './online'
import css from './print.module.css'
import { accountsQuery, agentsQuery, templatesQuery, type Account, type Agent, type Waiting } from './queries'
import { ThisComputer } from './ThisComputer'
import { useCarrierName } from './useCarrierName'

const FILE = 'file'

interface PrintPanelProps {
  selected: Waiting[]
  /** Printed as they stand, by basket, not by goods. */
  keep: boolean
  /** A run began. */
  onStarted: (job: string) => void
}

/** How the chosen parcels are printed: account, template, printer, and the two buttons. */
export function PrintPanel({ selected, keep, onStarted }: PrintPanelProps) {
  const { t } = useTranslation()
  const can = useCan()
  const templates = useQuery(templatesQuery)
  const agents = useQuery(agentsQuery)
  const accounts = useQuery({ ...accountsQuery, enabled: can('logistics.read') })
  const [account, setAccount] = useState('')
  const [template, setTemplate] = useState(() => readPref('print.template') ?? '')
  const [where, setWhere] = useState(() => readPref('print.where') ?? FILE)
  const [pieces, setPieces] = useState(1)
  const [stale, setStale] = useState('')
  const [asking, setAsking] = useState<'print' | 'ship' | null>(null)
  const all = templates.data ?? []
  const chosen = all.find((one) => one.id === template) ?? all[0]
  const printers = (agents.data ?? []).filter((a) => a.state === 'active').flatMap((a) => a.printers.map((p) => ({ value: `${a.id} ${p}`, label: `${a.name} \u203a ${p}`, agent: a })))
  const printer = printers.find((p) => p.value === where)
  const before = selected.filter((w) => w.copies > 0)
  const items = selected.reduce((n, w) => n + w.quantity, 0)
  const start = useAction({
    run: (body: object, key) => api.post('/print/runs', body, { key }),
    invalidates: [['print']],
    onSuccess: (out) => {
      setAsking(null)
      setStale('')
      setPieces(1)
      onStarted(out.job_id)
    },
  })
  const go = (ship: boolean, reason?: string) =>
    start.mutate(
      defined({
        fulfillment_order_ids: selected.map((w) => w.id),
        template_id: chosen?.id,
        account_id: account || undefined,
        // What is on paper keeps its number: the label on the parcel would be void.
        replace: account && before.length === 0 ? true : undefined,
        pieces: pieces > 1 ? pieces : undefined,
        agent_id: printer?.agent.id,
        printer: printer ? printer.value.slice(printer.agent.id.length + 1) : undefined,
        again: reason ? true : undefined,
        reason,
        stale_reason: stale.trim() || undefined,
        keep_order: keep || undefined,
        ship: ship || undefined,
      }),
    )
  const press = (ship: boolean) => (before.length > 0 ? setAsking(ship ? 'ship' : 'print') : go(ship))
  const printOn = (value: string) => {
    setWhere(value)
    writePref('print.where', value)
  }
  const idle = selected.length === 0 || !chosen || start.isPending || !can('packing.print')
  useKeys([{ keys: KEY.print, run: () => press(false) }], !idle)
  const mine = (accounts.data ?? []).filter((a) => a.enabled)
  return (
    <Panel title={t('print.panel')} note={t('print.chosen', { count: selected.length, n: groupDigits(selected.length), items: groupDigits(items) })}>
      <div className={css.form}>
        <Field label={t('print.account')}>
          <Select
            aria-label={t('print.account')}
            value={account}
            options={[{ value: '', label: t('print.automatic') }, ...mine.map((a) => ({ value: a.id, label: a.name }))]}
            onChange={(id: string) => setAccount(id)}
          />
        </Field>
        {account ? <AccountLine account={mine.find((a) => a.id === account)} /> : <Choice row={selected.find((w) => w.number === 'none' || w.number === 'failed' || w.number === 'stale')} accounts={mine} />}
        <Field label={t('print.template')}>
          <Select
            aria-label={t('print.template')}
            value={chosen?.id}
            loading={templates.isPending}
            options={all.map((one) => ({ value: one.id, label: `${one.body.name}${one.builtin ? ` (${t('print.builtin')})` : ''}` }))}
            onChange={(id: string) => {
              setTemplate(id)
              writePref('print.template', id)
            }}
          />
        </Field>
        <Field label={t('print.printer')} hint={printer ? undefined : t('print.file_hint')}>
          <Select
            aria-label={t('print.printer')}
            value={printer ? where : FILE}
            options={[{ value: FILE, label: t('print.as_file') }, ...printers.map(({ value, label }) => ({ value, label }))]}
            onChange={printOn}
          />
        </Field>
        <Stations agents={agents.data ?? []} />
        <ThisComputer onReady={(agent, name) => printOn(`${agent} ${name}`)} />
        <Field label={t('print.pieces')} hint={pieces > 1 ? t('print.pieces_hint') : undefined}>
          <InputNumber aria-label={t('print.pieces')} min={1} max={50} precision={0} value={pieces} onChange={(n) => setPieces(n ?? 1)} />
        </Field>
        {can('fulfillment.ship_stale') ? (
          <details className={css.details}>
            <summary>{t('print.stale')}</summary>
            <Input aria-label={t('print.stale_reason')} placeholder={t('print.stale_reason')} maxLength={200} value={stale} onChange={(e) => setStale(e.target.value)} />
          </details>
        ) : null}
        {templates.error ? <ErrorBox error={templates.error} onRetry={() => void templates.refetch()} /> : null}
        {start.error && !asking ? <ErrorBox error={start.error} /> : null}
        <div className={css.buttons}>
          <Button type="primary" disabled={idle} loading={start.isPending} onClick={() => press(false)}>
            {before.length > 0 ? t('print.again_n', { count: selected.length, n: groupDigits(selected.length) }) : t('print.print_n', { count: selected.length, n: groupDigits(selected.length) })}
          </Button>
          {can('fulfillment.ship') ? (
            <Button disabled={idle} onClick={() => press(true)} title={t('print.ship_hint')}>
              {t('print.print_and_ship')}
            </Button>
          ) : null}
        </div>
        {selected.length === 0 ? <p className={css.muted}>{t('print.choose_first')}</p> : null}
      </div>
      {asking ? <AgainDialog before={before} total={selected.length} ship={asking === 'ship'} saving={start.isPending} error={start.error} onClose={() => setAsking(null)} onSave={(reason) => go(asking === 'ship', reason)} /> : null}
    </Panel>
  )
}

interface AgainProps {
  before: Waiting[]
  total: number
  ship: boolean
  saving: boolean
  error: unknown
  onSave: (reason: string) => void
  onClose: () => void
}

/** A second print asks why, and marks the label. */
function AgainDialog({ before, total, ship, saving, error, onSave, onClose }: AgainProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  return (
    <FormDialog
      title={t('print.again_title')}
      action={ship ? t('print.again_and_ship_n', { count: total, n: groupDigits(total) }) : t('print.again_n', { count: total, n: groupDigits(total) })}
      danger
      valid={reason.trim() !== ''}
      saving={saving}
      error={error}
      onSave={() => onSave(reason.trim())}
      onClose={onClose}
    >
      <p>{t('print.again_hint', { count: before.length, n: groupDigits(before.length) })}</p>
      <ul className={css.before}>
        {before.slice(0, 5).map((w) => (
          <li key={w.id}>
            {w.order_nos.join(' ')} · {w.waybill_nos.join(' ')} · {t('print.in_batch', { code: w.batch_code })}
          </li>
        ))}
        {before.length > 5 ? <li>{t('print.and_more', { n: groupDigits(before.length - 5) })}</li> : null}
      </ul>
      <Field label={t('print.reason')}>
        <Input autoFocus aria-label={t('print.reason')} maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />
      </Field>
    </FormDialog>
  )
}

function isLow(a: Account): boolean {
  return a.balance !== null && a.balance <= a.low_at
}

/** What is left of an account's numbers. */
function AccountLine({ account: a }: { account: Account | undefined }) {
  const { t } = useTranslation()
  const carrier = useCarrierName().name
  if (!a) return null
  return (
    <p className={css.muted}>
      {carrier(a.carrier)} · {a.balance === null ? t('print.balance_unknown') : <span className={isLow(a) ? css.bad : undefined}>{isLow(a) ? t('print.balance_low', { n: groupDigits(a.balance) }) : t('print.balance', { n: groupDigits(a.balance) })}</span>}
    </p>
  )
}

/** Which account the rules choose for the first parcel without a number, and why. */
function Choice({ row, accounts }: { row: Waiting | undefined; accounts: Account[] }) {
  const { t } = useTranslation()
  const may = useCan()('logistics.read')
  const choice = useQuery({
    queryKey: ['print', 'choice', row?.id],
    queryFn: ({ signal }) => api.get('/fulfillment-orders/{id}/carrier', { path: { id: row?.id ?? '' }, signal }),
    enabled: may && row !== undefined,
    staleTime: 30_000,
  })
  if (!row || !may) return <p className={css.muted}>{t('print.automatic_hint')}</p>
  if (!choice.data) return <p className={css.muted}>{choice.error ? t('print.automatic_hint') : t('common.loading')}</p>
  const c = choice.data
  const account = accounts.find((a) => a.id === c.account_id)
  return (
    <>
      <p className={account ? css.muted : css.bad}>
        {t('print.choice', { no: row.order_nos[0] ?? '', account: account?.name ?? t('print.no_account'), why: t(`print.why.${c.why}`) })}
        {c.fee_fen === null ? '' : ` · ${formatFen(c.fee_fen)}`}
      </p>
      <AccountLine account={account} />
    </>
  )
}

/** Which print stations are there, and the channels' components on them. */
function Stations({ agents }: { agents: Agent[] }) {
  const { t } = useTranslation()
  const now = useNow()
  const active = agents.filter((a) => a.state === 'active')
  if (active.length === 0) return <p className={css.muted}>{t('print.no_stations')}</p>
  return (
    <ul className={css.stations} aria-label={t('print.stations')}>
      {active.map((a) => {
        const on = isOnline(a, now)
        return (
          <li key={a.id}>
            <Dot tone={on ? 'green' : 'red'} /> {a.name} {on ? t('print.online') : t('print.offline')}
            {a.components.map((c) => (
              <span key={c.channel} className={c.open ? css.muted : css.bad}>
                <Dot tone={c.open ? 'green' : 'red'} /> {t('print.component', { channel: t(`print.channel.${c.channel}`, { defaultValue: c.channel }) })} {c.open ? t('print.online') : t('print.offline')}
              </span>
            ))}
          </li>
        )
      })}
    </ul>
  )
}
