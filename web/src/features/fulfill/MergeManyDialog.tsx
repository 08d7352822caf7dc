import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Job, MergeAnswer } from '@/lib/api/contract'
import { JobProgress } from '@/ui/JobProgress'
import { ErrorBox, Skeleton } from '@/ui/States'
import { EDIT_KEYS } from './api'
import css from './fulfill.module.css'

export type MergeTarget = { groups: string[][] } | { all: true }

interface MergeManyDialogProps {
  target: MergeTarget
  onStarted: () => void
  onClose: () => void
}

/** Merges many groups as one job: first what it would do and leave out, then how far it is. It can be undone in the task centre. */
export function MergeManyDialog({ target, onStarted, onClose }: MergeManyDialogProps) {
  const { t } = useTranslation()
  const [early, setEarly] = useState(false)
  const [job, setJob] = useState<Job | null>(null)
  const body = 'all' in target ? { all: true, early } : { groups: target.groups }
  const preview = useQuery({
    queryKey: ['merge', 'preview', body],
    queryFn: ({ signal }) => api.post('/merge-suggestions/merge', { ...body, dry_run: true }, { signal }) as Promise<MergeAnswer>,
    enabled: job === null,
    gcTime: 0,
    staleTime: 0,
  })
  const run = useAction({
    run: (input: object, key) => api.post('/merge-suggestions/merge', input, { key }) as Promise<MergeAnswer>,
    invalidates: EDIT_KEYS,
    onSuccess: (out) => {
      setJob(out.job)
      onStarted()
    },
  })
  const refresh = useAction({ run: () => Promise.resolve(), invalidates: EDIT_KEYS })
  const will = preview.data?.groups ?? 0
  return (
    <Modal
      open
      title={t('fulfill.many.title')}
      onCancel={onClose}
      footer={
        job ? (
          <Button type="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" disabled={will === 0} loading={run.isPending} onClick={() => run.mutate(body)}>
              {t('fulfill.many.go', { count: will })}
            </Button>
          </>
        )
      }
    >
      <div className={css.precheck}>
        {job ? (
          <>
            <JobProgress job={job} onOver={() => refresh.mutate(undefined)} />
            <p className={css.muted}>
              {t('fulfill.many.undo_hint')} <Link to="/jobs">{t('fulfill.many.see_jobs')}</Link>
            </p>
          </>
        ) : (
          <>
            {'all' in target ? (
              <label>
                <input type="checkbox" checked={early} onChange={(e) => setEarly(e.target.checked)} /> {t('fulfill.many.early')}
              </label>
            ) : null}
            {preview.error ? <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} /> : null}
            {preview.data ? (
              <div role="status">
                <strong>{t('fulfill.many.will', { count: preview.data.groups, orders: preview.data.fulfillment_orders })}</strong>
                <ul>
                  {preview.data.skip.map((s) => (
                    <li key={s.code}>
                      {s.message} × {s.n} <span className={css.muted}>{s.sample.slice(0, 3).join(', ')}</span>
                    </li>
                  ))}
                </ul>
              </div>
            ) : preview.isFetching ? (
              <Skeleton rows={2} />
            ) : null}
            {run.error ? <ErrorBox error={run.error} onRetry={() => run.mutate(body)} /> : null}
          </>
        )}
      </div>
    </Modal>
  )
}
