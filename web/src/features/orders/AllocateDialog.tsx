import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Modal, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { AllocateAnswer } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { groupDigits } from '@/lib/format'
import { useWarehouses } from '@/lib/lookups'
import { Field } from '@/ui/Field'
import { JobProgress } from '@/ui/JobProgress'
import { ErrorBox, Skeleton } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { ORDER_KEYS } from './api'
import type { BulkTarget } from './bulk'
import css from './orders.module.css'
import { reasonsOf, sharesOf } from './allocation'

interface AllocateDialogProps {
  target: BulkTarget
  onDone: () => void
  onClose: () => void
}

const BY_RULES = 'rules'

/** Gives orders to warehouses, by the rules or all to one: what would happen first, then what did. */
export default function AllocateDialog({ target, onDone, onClose }: AllocateDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const warehouses = useWarehouses()
  const [to, setTo] = useState(BY_RULES)
  const [result, setResult] = useState<AllocateAnswer | null>(null)
  const body = useMemo(() => ({ ...('ids' in target ? { order_ids: target.ids } : { filter: defined(target.filter) }), ...(to === BY_RULES ? { by_rules: true } : { warehouse_id: to }) }), [target, to])
  const preview = useQuery({
    queryKey: ['orders', 'allocate', body],
    queryFn: ({ signal }) => api.post('/fulfillment-orders/allocate', { ...body, dry_run: true }, { signal }),
    gcTime: 0,
    staleTime: 0,
  })
  const run = useAction({
    run: (_: object, key) => api.post('/fulfillment-orders/allocate', { ...body, dry_run: false }, { key }),
    invalidates: ORDER_KEYS,
    onSuccess: (out) => {
      onDone()
      if (!out.job && out.failed.length === 0) {
        toast.ok(t('orders.allocated', { count: out.ok }))
        onClose()
      } else setResult(out)
    },
  })
  const start = () => run.mutate({})
  const total = preview.data?.total
  return (
    <Modal
      open
      title={t('orders.allocate.title')}
      onCancel={onClose}
      width={560}
      footer={
        result ? (
          <Button type="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" disabled={!total} loading={run.isPending} onClick={start}>
              {total === undefined ? t('orders.allocate.action') : t('orders.allocate.go', { count: total, n: groupDigits(total) })}
            </Button>
          </>
        )
      }
    >
      {result ? (
        <div className={css.precheck}>
          {result.job ? (
            <>
              {t('orders.bulk_job')} <JobProgress job={result.job} /> <Link to="/jobs">{t('orders.see_jobs')}</Link>
            </>
          ) : (
            <>
              <strong>{t('orders.bulk_partly', { ok: result.ok, failed: result.failed.length })}</strong>
              <Reasons answer={result} />
            </>
          )}
        </div>
      ) : (
        <>
          <Field label={t('orders.allocate.to')}>
            <Select aria-label={t('orders.allocate.to')} value={to} options={[{ value: BY_RULES, label: t('orders.allocate.by_rules') }, ...warehouses.filter((w) => w.active).map((w) => ({ value: w.id, label: w.name }))]} onChange={setTo} />
          </Field>
          {preview.error ? <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} /> : preview.data ? <Preview answer={preview.data} stale={preview.isFetching} /> : <Skeleton rows={3} />}
          {run.error ? <ErrorBox error={run.error} onRetry={start} /> : null}
        </>
      )}
    </Modal>
  )
}

function Preview({ answer, stale }: { answer: AllocateAnswer; stale: boolean }) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  const name = (id: string) => warehouses.find((w) => w.id === id)?.name ?? id
  const { shares, split } = sharesOf(answer)
  return (
    <div className={css.precheck} role="status" aria-busy={stale}>
      <strong>{t('orders.allocate.would', { ok: answer.ok, failed: answer.failed.length, unchanged: answer.unchanged })}</strong>
      {answer.checked < answer.total ? <p className={css.muted}>{t('orders.allocate.looked', { n: groupDigits(answer.checked), of: groupDigits(answer.total) })}</p> : null}
      <ul>
        {shares.map((s) => (
          <li key={s.warehouse}>
            <span>{name(s.warehouse)}</span>
            <span>{t('orders.allocate.parcels', { count: s.orders })}</span>
          </li>
        ))}
        {split > 0 ? (
          <li>
            <span>{t('orders.allocate.split')}</span>
            <span>{t('orders.allocate.orders', { count: split })}</span>
          </li>
        ) : null}
      </ul>
      <Reasons answer={answer} />
    </div>
  )
}

function Reasons({ answer }: { answer: AllocateAnswer }) {
  return (
    <ul>
      {reasonsOf(answer).map((r) => (
        <li key={r.message}>
          <span>{r.message}</span>
          <span>× {r.n}</span>
        </li>
      ))}
    </ul>
  )
}
