import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, apiUrl } from '@/lib/api/client'
import type { Job } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { groupDigits } from '@/lib/format'
import css from './JobProgress.module.css'

export function isOver(job: Pick<Job, 'state'>): boolean {
  return job.state === 'succeeded' || job.state === 'failed' || job.state === 'cancelled'
}

/** What a job found out, by name; empty while it has not. */
export function resultOf(job: Job): Record<string, string | undefined> {
  const result = job.result
  if (typeof result !== 'object' || result === null) return {}
  return Object.fromEntries(Object.entries(result).map(([name, value]) => [name, value == null ? undefined : String(value)]))
}

/** One job, asked again every second while it works; live events may be slower than a short job. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ['jobs', 'one', id],
    queryFn: ({ signal }) => api.get('/jobs/{id}', { path: { id }, signal }),
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : 1000),
  })
}

/** How far a job is, what came of it, and its file when it made one; keeps itself up to date until the job is over. */
export function JobProgress({ job: first, onOver }: { job: Job; onOver?: (job: Job) => void }) {
  const job = useQuery({ ...jobQuery(first.id), initialData: first }).data
  const told = useRef(false)
  useEffect(() => {
    if (!told.current && isOver(job)) {
      told.current = true
      onOver?.(job)
    }
  }, [job, onOver])
  return <JobBar job={job} />
}

/** The same of a job that someone else keeps up to date, like a list of many. */
export function JobBar({ job }: { job: Job }) {
  const { t } = useTranslation()
  const percent = job.total > 0 ? Math.min(100, Math.floor((job.done / job.total) * 100)) : isOver(job) ? 100 : 0
  const file = resultOf(job).file_id
  return (
    <div className={css.job}>
      <div className={css.head}>
        <strong>{job.cancel_asked && !isOver(job) ? t('jobs.cancelling') : t(`jobs.state.${job.state}`)}</strong>
        <span>
          {groupDigits(job.done)}
          {job.total > 0 ? ` / ${groupDigits(job.total)}` : ''}
        </span>
        {job.failed_count > 0 ? <span className={css.failed}>{t('jobs.failed_n', { count: job.failed_count, n: groupDigits(job.failed_count) })}</span> : null}
        {job.skipped_count > 0 ? <span>{t('jobs.skipped_n', { count: job.skipped_count, n: groupDigits(job.skipped_count) })}</span> : null}
        {isId(file) && job.state === 'succeeded' ? (
          <a href={apiUrl(`/files/${file}`)} download>
            {t('common.download')}
          </a>
        ) : null}
      </div>
      <div className={css.track} role="progressbar" aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} aria-label={t(`jobs.state.${job.state}`)}>
        <span className={job.state === 'failed' || (job.failed_count > 0 && job.ok_count === 0) ? css.bad : css.good} style={{ width: `${percent}%` }} />
      </div>
      {job.error ? <p className={css.failed}>{job.error.message}</p> : null}
    </div>
  )
}
