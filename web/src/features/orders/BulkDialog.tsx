import { FlagFilled } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { BulkAnswer } from '@/lib/api/contract'
import { focusFirstField } from '@/lib/focus'
import { DataTable } from '@/ui/DataTable'
import { JobProgress } from '@/ui/JobProgress'
import { ErrorBox, Skeleton } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { defined } from '@/lib/defined'
import { ORDER_KEYS } from './api'
import type { BulkAction, BulkTarget } from './bulk'
import css from './orders.module.css'

interface BulkDialogProps {
  action: BulkAction
  target: BulkTarget
  /** It was done, or handed to a job; tells which orders failed. */
  onDone?: (failed: BulkAnswer['failed']) => void
  onClose: () => void
}

type Params = Record<string, unknown>

const CLOSE_REASONS = ['buyer_cancelled', 'out_of_stock', 'duplicate', 'test_order', 'other'] as const

/** Actions that need nothing but a yes. */
const BARE = new Set<BulkAction>(['approve', 'archive', 'adopt', 'release', 'unarchive', 'revoke-approval', 'approve-finance', 'read'])

function ready(action: BulkAction, params: Params): boolean {
  switch (action) {
    case 'close':
      return typeof params.reason === 'string'
    case 'flag':
      return typeof params.flag === 'number'
    case 'tag':
      return [params.add, params.remove].some((l) => Array.isArray(l) && l.length > 0)
    case 'note':
      return typeof params.seller_note === 'string'
    default:
      return true
  }
}

/** One action on one or many orders: what it needs, then what it will skip and why, then what came of it. */
export default function BulkDialog({ action, target, onDone, onClose }: BulkDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [params, setParams] = useState<Params>({})
  const [result, setResult] = useState<BulkAnswer | null>(null)
  const isReady = ready(action, params)
  const preview = useQuery({
    queryKey: ['orders', 'bulk', action, target, params],
    queryFn: ({ signal }) => api.post(`/orders/bulk/${action}` as const, { ...withFilter(target), params, dry_run: true }, { signal }),
    enabled: isReady,
    gcTime: 0,
    staleTime: 0,
  })
  const undo = useAction({
    run: (back: NonNullable<BulkAnswer['undo']>, key) => api.post(`/orders/bulk/${back.action as BulkAction}` as const, { ids: back.ids, params: back.kind ? { kind: back.kind } : {}, dry_run: false }, { key }),
    invalidates: ORDER_KEYS,
    onSuccess: (out) => toast.ok(t('orders.bulk_undone', { count: out.ok })),
    onError: toast.bad,
  })
  const run = useAction({
    run: (body: object, key) => api.post(`/orders/bulk/${action}` as const, body, { key }),
    invalidates: ORDER_KEYS,
    onSuccess: (out) => {
      onDone?.(out.failed)
      if (!out.job && out.failed.length === 0) {
        const back = out.undo
        toast.ok(t('orders.bulk_done', { action: t(`orders.action.${action}`), count: out.ok }), back ? () => undo.mutate(back) : undefined)
        onClose()
      } else setResult(out)
    },
  })
  const start = () => run.mutate({ ...withFilter(target), params, dry_run: false })
  const will = preview.data?.will
  return (
    <Modal
      open
      title={t(`orders.bulk_title.${action}`)}
      onCancel={onClose}
      afterOpenChange={focusFirstField}
      width={560}
      footer={
        result ? (
          <Button type="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" danger={action === 'close'} disabled={!isReady || !will} loading={run.isPending} onClick={start}>
              {will === undefined ? t(`orders.action.${action}`) : t('orders.bulk_go', { action: t(`orders.action.${action}`), count: will })}
            </Button>
          </>
        )
      }
    >
      {result ? (
        <Outcome result={result} />
      ) : (
        <>
          {BARE.has(action) ? null : <ParamForm action={action} params={params} onChange={setParams} />}
          {action === 'close' || action === 'adopt' ? <p className={css.muted}>{t(`orders.${action}_hint`)}</p> : null}
          {isReady ? <Precheck preview={preview.data} pending={preview.isFetching} error={preview.error} /> : null}
          {run.error ? <ErrorBox error={run.error} onRetry={start} /> : null}
        </>
      )}
    </Modal>
  )
}

function withFilter(target: BulkTarget): object {
  return 'ids' in target ? { ids: target.ids } : { filter: defined(target.filter) }
}

function Precheck({ preview, pending, error }: { preview: BulkAnswer | undefined; pending: boolean; error: unknown }) {
  const { t } = useTranslation()
  if (error) return <ErrorBox error={error} />
  if (!preview) return pending ? <Skeleton rows={2} /> : null
  const skipped = preview.skip.reduce((sum, s) => sum + s.n, 0)
  return (
    <div className={css.precheck} role="status">
      <strong>{t('orders.precheck', { will: preview.will, skip: skipped })}</strong>
      <ul>
        {preview.skip.map((s) => (
          <li key={s.code}>
            <span>
              {s.message} × {s.n}
            </span>
            <span>{s.sample.slice(0, 3).join(', ')}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Outcome({ result }: { result: BulkAnswer }) {
  const { t } = useTranslation()
  if (result.job) {
    return (
      <div className={css.precheck}>
        {t('orders.bulk_job')} <JobProgress job={result.job} /> <Link to="/jobs">{t('orders.see_jobs')}</Link>
      </div>
    )
  }
  return (
    <div className={css.precheck}>
      <strong>{t('orders.bulk_partly', { ok: result.ok, failed: result.failed.length })}</strong>
      <div className={css.failures}>
        <DataTable
          label={t('orders.failures')}
          rows={result.failed}
          rowKey={(f) => f.order_id}
          columns={[
            { key: 'no', title: t('orders.col_order_no'), render: (f) => f.channel_order_no },
            { key: 'why', title: t('orders.why'), render: (f) => f.message },
          ]}
        />
      </div>
    </div>
  )
}

interface ParamFormProps {
  action: BulkAction
  params: Params
  onChange: (params: Params) => void
}

function ParamForm({ action, params, onChange }: ParamFormProps): ReactNode {
  const { t } = useTranslation()
  switch (action) {
    case 'note':
    case 'hold': {
      const name = action === 'note' ? 'seller_note' : 'note'
      return (
        <div className={css.form}>
          <Input.TextArea autoFocus rows={3} maxLength={500} value={(params[name] as string | undefined) ?? ''} aria-label={t(`orders.action.${action}`)} placeholder={t(`orders.param_hint.${action}`)} onChange={(e) => onChange({ [name]: e.target.value })} />
        </div>
      )
    }
    case 'flag':
      return (
        <div className={css.form}>
          <div className={css.flags}>
            {[0, 1, 2, 3, 4, 5].map((flag) => (
              <button key={flag} type="button" aria-pressed={params.flag === flag} onClick={() => onChange({ flag })}>
                <FlagFilled style={{ color: FLAG_COLOR[flag] }} aria-hidden />
                {t(`orders.flag.${flag}`)}
              </button>
            ))}
          </div>
        </div>
      )
    case 'tag':
      return (
        <div className={css.form}>
          {(['add', 'remove'] as const).map((key) => (
            <label key={key} className={css.field}>
              <span>{t(`orders.tag_${key}`)}</span>
              <Select mode="tags" value={(params[key] as string[] | undefined) ?? []} options={[]} onChange={(value: string[]) => onChange({ ...params, [key]: value })} />
            </label>
          ))}
        </div>
      )
    case 'close':
      return (
        <div className={css.form}>
          <Select
            placeholder={t('orders.close_reason')}
            aria-label={t('orders.close_reason')}
            value={params.reason as string | undefined}
            options={CLOSE_REASONS.map((r) => ({ value: r, label: t(`orders.close_reasons.${r}`) }))}
            onChange={(reason) => onChange({ ...params, reason })}
          />
          <Input value={(params.note as string | undefined) ?? ''} maxLength={200} placeholder={t('orders.close_note')} aria-label={t('orders.close_note')} onChange={(e) => onChange({ ...params, note: e.target.value })} />
        </div>
      )
    default:
      return null
  }
}

const FLAG_COLOR = ['#c3c8d0', '#d5322b', '#e9a117', '#22a35a', '#1677d9', '#8a4fc7']
