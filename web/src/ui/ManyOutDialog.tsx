import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Job, ManyOut } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { carriersQuery, nameOf } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from './DataTable'
import { Field } from './Field'
import css from './Form.module.css'
import { JobProgress } from './JobProgress'
import type { OutAction, OutTarget } from './out'
import { ErrorBox, Skeleton } from './States'
import { useToast } from './Toast'

interface ManyOutDialogProps {
  action: OutAction
  target: OutTarget
  /** It was done, or handed to a job. */
  onDone?: () => void
  onClose: () => void
}

/** What becomes stale when fulfillment orders change. */
const KEYS = [['orders'], ['print'], ['waves'], ['merge'], ['home'], ['stock']]

/** One action on many fulfillment orders: what it will leave and why, then what came of it, what failed for another try, and the way back where there is one. */
export default function ManyOutDialog({ action, target, onDone, onClose }: ManyOutDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()
  const [carrier, setCarrier] = useState('')
  const [stale, setStale] = useState('')
  const [result, setResult] = useState<ManyOut | null>(null)
  const what = useMemo(() => ({ ...target, ...(action === 'carrier' && carrier ? { carrier } : {}) }), [target, action, carrier])
  const preview = useQuery({
    queryKey: ['orders', 'out', action, what, stale.trim() !== ''],
    queryFn: ({ signal }): Promise<ManyOut> => api.post(`/fulfillment-orders/bulk/${action}` as const, { ...what, ...(stale.trim() ? { stale_reason: stale.trim() } : {}), dry_run: true }, { signal }),
    gcTime: 0,
    staleTime: 0,
    // While the reason for old data is typed, what was found stays on the screen.
    placeholderData: (before) => before,
  })
  const old = preview.data?.skip.find((s) => s.code === 'fulfillment.stale_data')
  const undo = useAction({
    run: (back: NonNullable<ManyOut['undo']>, key): Promise<ManyOut> => api.post(`/fulfillment-orders/bulk/${back.action}` as const, { ids: back.ids }, { key }),
    invalidates: KEYS,
    onSuccess: (out) => toast.ok(t('orders.out.undone', { count: out.ok })),
    onError: toast.bad,
  })
  const run = useAction({
    run: (body: object, key): Promise<ManyOut> => api.post(`/fulfillment-orders/bulk/${action}` as const, body, { key }),
    invalidates: KEYS,
    onSuccess: (out) => {
      onDone?.()
      if (!out.job && out.failed.length === 0) {
        const back = out.undo
        toast.ok(t(`orders.out.done.${action}`, { count: out.ok, n: groupDigits(out.ok) }), back ? () => undo.mutate(back) : undefined)
        onClose()
      } else setResult(out)
    },
  })
  const reason = stale.trim() ? { stale_reason: stale.trim() } : {}
  const start = () => run.mutate({ ...what, ...reason, dry_run: false })
  const will = preview.data?.will
  return (
    <Modal
      open
      title={t(`orders.out.title.${action}`)}
      onCancel={onClose}
      width={600}
      footer={
        result ? (
          <>
            {!result.job && result.failed.length > 0 ? (
              <Button loading={run.isPending} onClick={() => run.mutate({ ids: result.failed.map((f) => f.id), ...(action === 'carrier' && carrier ? { carrier } : {}), ...reason, dry_run: false })}>
                {t('orders.out.retry', { count: result.failed.length, n: groupDigits(result.failed.length) })}
              </Button>
            ) : null}
            <Button type="primary" onClick={onClose}>
              {t('common.close')}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" disabled={!will || preview.isPlaceholderData || (action === 'carrier' && !carrier)} loading={run.isPending} onClick={start}>
              {will === undefined ? t(`orders.out.action.${action}`) : t(`orders.out.go.${action}`, { count: will, n: groupDigits(will) })}
            </Button>
          </>
        )
      }
    >
      {result ? (
        <Outcome result={result} onUndo={result.undo ? () => result.undo && undo.mutate(result.undo, { onSuccess: onClose }) : undefined} />
      ) : (
        <div className={css.form}>
          {action === 'carrier' ? <CarrierField value={carrier} onChange={setCarrier} /> : null}
          <p>{t(`orders.out.hint.${action}`)}</p>
          {preview.error ? <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} /> : preview.data ? <Precheck answer={preview.data} busy={preview.isFetching} /> : <Skeleton rows={2} />}
          {action === 'ship' && (old || stale) && may('fulfillment.ship_stale') ? (
            <Field label={t('orders.out.stale')}>
              <Input aria-label={t('orders.out.stale')} maxLength={200} value={stale} onChange={(e) => setStale(e.target.value)} />
            </Field>
          ) : null}
          {run.error ? <ErrorBox error={run.error} onRetry={start} /> : null}
        </div>
      )}
    </Modal>
  )
}

function CarrierField({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const { t } = useTranslation()
  const { data, isPending } = useQuery(carriersQuery)
  return (
    <Field label={t('orders.out.carrier')}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        loading={isPending}
        aria-label={t('orders.out.carrier')}
        value={value || undefined}
        options={(data ?? []).map((c) => ({ value: c.code, label: nameOf(c) }))}
        onChange={onChange}
      />
    </Field>
  )
}

function Precheck({ answer, busy }: { answer: ManyOut; busy: boolean }) {
  const { t } = useTranslation()
  const skip = answer.skip.reduce((n, s) => n + s.n, 0)
  return (
    <div role="status" aria-busy={busy}>
      <strong>{t('orders.out.precheck', { will: groupDigits(answer.will), skip: groupDigits(skip) })}</strong>
      <ul>
        {answer.skip.map((s) => (
          <li key={s.code}>
            {s.message} × {groupDigits(s.n)} {s.sample.slice(0, 3).join(', ')}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Outcome({ result, onUndo }: { result: ManyOut; onUndo?: () => void }) {
  const { t } = useTranslation()
  if (result.job) return <InBackground job={result.job} />
  return (
    <>
      <p>
        <strong>{t('orders.out.partly', { ok: groupDigits(result.ok), failed: groupDigits(result.failed.length) })}</strong> {onUndo ? <Button onClick={onUndo}>{t('common.undo')}</Button> : null}
      </p>
      <DataTable
        label={t('orders.failures')}
        rows={result.failed}
        rowKey={(f) => f.id}
        columns={[
          { key: 'no', title: t('orders.col_order_no'), render: (f) => f.order_no },
          { key: 'why', title: t('orders.why'), render: (f) => f.message },
        ]}
      />
    </>
  )
}

/** The job that does it, what it could not do for another try, and the way back. */
function InBackground({ job: first }: { job: Job }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [job, setJob] = useState(first)
  const [over, setOver] = useState<Job | null>(null)
  const rows = useQuery({
    queryKey: ['jobs', 'rows', over?.id, 'failed'],
    queryFn: ({ signal }) => api.get('/jobs/{id}/rows', { path: { id: over?.id ?? '' }, query: { result: 'failed', limit: 50 }, signal }).then((l) => l.items),
    enabled: over !== null && over.failed_count > 0,
  })
  const act = useAction({
    run: (how: 'retry-failed' | 'undo', key) => api.post(`/jobs/${how === 'undo' ? '{id}/undo' : '{id}/retry-failed'}` as const, undefined, { path: { id: job.id }, key }),
    invalidates: KEYS,
    onSuccess: (next) => {
      setOver(null)
      setJob(next)
    },
    onError: toast.bad,
  })
  return (
    <>
      <p>{t('orders.bulk_job')}</p>
      <JobProgress key={job.id} job={job} onOver={setOver} />
      {over && (over.retryable || over.undoable) ? (
        <p>
          {over.retryable ? (
            <Button loading={act.isPending} onClick={() => act.mutate('retry-failed')}>
              {t('jobs.retry_failed')}
            </Button>
          ) : null}{' '}
          {over.undoable ? (
            <Button loading={act.isPending} onClick={() => act.mutate('undo')}>
              {t('jobs.undo')}
            </Button>
          ) : null}
        </p>
      ) : null}
      {rows.data && rows.data.length > 0 ? (
        <DataTable
          label={t('orders.failures')}
          rows={rows.data}
          rowKey={(r) => String(r.no)}
          columns={[
            { key: 'no', title: t('orders.col_order_no'), render: (r) => r.ref },
            { key: 'why', title: t('orders.why'), render: (r) => r.message },
          ]}
        />
      ) : null}
    </>
  )
}
