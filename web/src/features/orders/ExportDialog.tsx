import { Link } from '@tanstack/react-router'
import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuery } from '@tanstack/react-query'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Job } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { groupDigits } from '@/lib/format'
import { ErrorBox } from '@/ui/States'
import { JobProgress } from '@/ui/JobProgress'
import css from './orders.module.css'
import type { OrderFilter } from './search'

interface ExportDialogProps {
  filter: OrderFilter
  count: number | undefined
  onClose: () => void
}

/** A filter without what it leaves open. */
function nonEmpty(filter: OrderFilter): OrderFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, v]) => v !== undefined && !(Array.isArray(v) && v.length === 0)))
}

/** Writes the filtered list into a file on the server; receivers stay masked. */
export default function ExportDialog({ filter, count, onClose }: ExportDialogProps) {
  const { t } = useTranslation()
  const [format, setFormat] = useState<'xlsx' | 'csv'>('xlsx')
  const [per, setPer] = useState<'order' | 'line'>('order')
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [job, setJob] = useState<Job | null>(null)
  const all = useQuery({
    queryKey: ['export-columns'],
    queryFn: ({ signal }) => api.get('/exports/columns', { signal }).then((l) => l.columns),
    staleTime: Infinity,
  })
  const columns = all.data?.filter((c) => per === 'line' || !c.per_line)
  const chosen = columns?.filter((c) => !left.has(c.key)).map((c) => c.key)
  // All of them is the server's own choice; a list is sent only when something was left out.
  const wanted = chosen && columns && chosen.length < columns.length ? chosen : undefined
  const run = useAction({
    run: (body: object, key) => api.post('/exports', body, { key }),
    invalidates: [['jobs']],
    onSuccess: setJob,
  })
  return (
    <Modal
      open
      title={count === undefined ? t('orders.export_title') : t('orders.export_title_n', { count, n: groupDigits(count) })}
      onCancel={onClose}
      footer={
        job ? (
          <Button onClick={onClose}>{t('common.close')}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" disabled={chosen?.length === 0} loading={run.isPending} onClick={() => run.mutate(defined({ filter: nonEmpty(filter), format, per, columns: wanted }))}>
              {t('orders.export_start')}
            </Button>
          </>
        )
      }
    >
      {job ? (
        <div className={css.form}>
          <JobProgress job={job} />
          <Link to="/jobs">{t('orders.see_jobs')}</Link>
        </div>
      ) : (
        <div className={css.form}>
          <Radio.Group value={format} onChange={(e) => setFormat(e.target.value)} options={['xlsx', 'csv'].map((f) => ({ value: f, label: t(`orders.format_${f}`) }))} />
          <Radio.Group value={per} onChange={(e) => setPer(e.target.value)} options={['order', 'line'].map((p) => ({ value: p, label: t(`orders.per_${p}`) }))} />
          {columns ? (
            <div>
              <div className={css.columnHead}>
                <span className={css.muted}>{t('orders.export_columns', { n: chosen?.length ?? 0, all: columns.length })}</span>
                <button type="button" className={css.link} onClick={() => setLeft(new Set(left.size > 0 ? [] : columns.map((c) => c.key)))}>
                  {left.size > 0 ? t('orders.export_all_columns') : t('orders.export_no_columns')}
                </button>
              </div>
              <div className={css.columnPick}>
                {columns.map((c) => (
                  <label key={c.key}>
                    <input type="checkbox" checked={!left.has(c.key)} onChange={(e) => setLeft(new Set(e.target.checked ? [...left].filter((k) => k !== c.key) : [...left, c.key]))} />
                    {c.name}
                  </label>
                ))}
              </div>
            </div>
          ) : null}
          {all.error ? <ErrorBox error={all.error} onRetry={() => void all.refetch()} /> : null}
          <p className={css.muted}>{t('orders.export_masked')}</p>
          {run.error ? <ErrorBox error={run.error} /> : null}
        </div>
      )}
    </Modal>
  )
}
