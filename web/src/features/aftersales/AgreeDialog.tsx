import { useQuery } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Aftersale, Job } from '@/lib/api/contract'
import { formatFen } from '@/lib/format'
import { DataTable } from '@/ui/DataTable'
import { JobProgress } from '@/ui/JobProgress'
import { ErrorBox, Skeleton } from '@/ui/States'
import { STALE } from './queries'
import css from './aftersales.module.css'

interface AgreeDialogProps {
  cases: Aftersale[]
  onDone: () => void
  onClose: () => void
}

/** Agrees to many cases: what would be done and what is left alone first, then how the channels answer. */
export function AgreeDialog({ cases, onDone, onClose }: AgreeDialogProps) {
  const { t } = useTranslation()
  const [job, setJob] = useState<Job | null>(null)
  const chosen = cases.map((c) => ({ case_id: c.id, case_version: c.case_version }))
  const preview = useQuery({
    queryKey: ['aftersales', 'agree', chosen],
    queryFn: ({ signal }) => api.post('/aftersales/agree/preview', { cases: chosen }, { signal }),
    enabled: !job,
    gcTime: 0,
    staleTime: 0,
  })
  const run = useAction({
    run: (body: object, key) => api.post('/aftersales/agree', body, { key }),
    invalidates: STALE,
    onSuccess: (started) => {
      setJob(started)
      onDone()
    },
  })
  const will = preview.data?.agree.length ?? 0
  const start = () => run.mutate({ cases: preview.data?.agree })
  return (
    <Modal
      open
      width={620}
      title={t('aftersales.bulk_title')}
      onCancel={onClose}
      footer={
        job ? (
          <Button type="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" danger disabled={will === 0} loading={run.isPending} onClick={start}>
              {t('aftersales.bulk_go', { count: will, money: formatFen(preview.data?.amount_fen) })}
            </Button>
          </>
        )
      }
    >
      {job ? (
        <div className={css.precheck}>
          {t('aftersales.bulk_job')} <JobProgress job={job} />
          <Link to="/jobs" search={{ id: job.id }}>
            {t('aftersales.bulk_results')}
          </Link>
        </div>
      ) : (
        <>
          {preview.error ? <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} /> : null}
          {preview.isPending ? <Skeleton rows={3} /> : null}
          {preview.data ? (
            <div className={css.precheck} role="status">
              <strong>{t('aftersales.precheck', { will, skip: preview.data.skipped.length })}</strong>
              {preview.data.skipped.length > 0 ? (
                <DataTable
                  label={t('aftersales.skipped')}
                  rows={preview.data.skipped}
                  rowKey={(s) => s.case_id}
                  columns={[
                    { key: 'no', title: t('aftersales.case_no'), render: (s) => s.case_no },
                    { key: 'why', title: t('aftersales.skip_why'), render: (s) => (s.why ? t(`aftersales.why.${s.why}`) : s.message) },
                  ]}
                />
              ) : null}
            </div>
          ) : null}
          {run.error ? <ErrorBox error={run.error} onRetry={start} /> : null}
        </>
      )}
    </Modal>
  )
}
