import { Link } from '@tanstack/react-router'
import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Job } from '@/lib/api/contract'
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
  const [job, setJob] = useState<Job | null>(null)
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
            <Button type="primary" loading={run.isPending} onClick={() => run.mutate({ filter: nonEmpty(filter), format, per })}>
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
          <p className={css.muted}>{t('orders.export_masked')}</p>
          {run.error ? <ErrorBox error={run.error} /> : null}
        </div>
      )}
    </Modal>
  )
}
