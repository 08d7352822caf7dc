import { Link } from '@tanstack/react-router'
import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Job } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useCan } from '@/lib/session'
import { ErrorBox } from '@/ui/States'
import { JobProgress } from '@/ui/JobProgress'
import { defined } from '@/lib/defined'
import css from './orders.module.css'
import type { OrderFilter } from './search'

interface ExportDialogProps {
  filter: OrderFilter
  count: number | undefined
  onClose: () => void
}

/** Writes the filtered list into a file on the server; receivers stay masked unless the person may see them. */
export default function ExportDialog({ filter, count, onClose }: ExportDialogProps) {
  const { t } = useTranslation()
  const can = useCan()
  const [format, setFormat] = useState<'xlsx' | 'csv'>('xlsx')
  const [per, setPer] = useState<'order' | 'line'>('order')
  const [masked, setMasked] = useState(true)
  const [job, setJob] = useState<Job | null>(null)
  const run = useAction({
    run: (body: object, key) => api.post<Job>('/exports', body, { key }),
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
            <Button type="primary" loading={run.isPending} onClick={() => run.mutate({ filter: defined(filter), format, per, masked })}>
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
          {can('order.reveal') ? (
            <label className={css.checks}>
              <span>
                <input type="checkbox" checked={!masked} onChange={(e) => setMasked(!e.target.checked)} /> {t('orders.export_plain')}
              </span>
            </label>
          ) : (
            <p className={css.muted}>{t('orders.export_masked')}</p>
          )}
          {run.error ? <ErrorBox error={run.error} /> : null}
        </div>
      )}
    </Modal>
  )
}
