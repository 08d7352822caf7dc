import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api, apiUrl } from '@/lib/api/client'
import type { Job } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { isOver, JobProgress, jobQuery, resultOf } from '@/ui/JobProgress'
import { Panel } from '@/ui/Page'
import { ErrorBox } from '@/ui/States'
import css from './imports.module.css'

const RESULT = ['created', 'updated', 'unchanged', 'stale', 'rejected'] as const

interface ImportResultProps {
  id: string
  shopId?: string
  jobId: string
  /** The job as the start of it answered, if this page started it. */
  first: Job | null
}

/** What became of an import, and what to do next: look at the orders, fix refused rows, adopt earlier ones. */
export function ImportResult({ id, shopId, jobId: started, first }: ImportResultProps) {
  const { t } = useTranslation()
  // Trying failed rows again is a job of its own.
  const [again, setAgain] = useState<Job | null>(null)
  const jobId = again?.id ?? started
  const job = useQuery({ ...jobQuery(jobId), initialData: (again ?? first) ?? undefined, placeholderData: undefined })
  const retry = useAction({
    run: (of: string, key) => api.post('/jobs/{id}/retry-failed', undefined, { path: { id: of }, key }),
    invalidates: [['jobs'], ['imports']],
    onSuccess: setAgain,
  })
  if (!job.data) return job.error ? <ErrorBox error={job.error} onRetry={() => void job.refetch()} /> : null
  const over = isOver(job.data)
  const result = resultOf(job.data)
  const rejected = Number(result.rejected ?? 0)
  return (
    <Panel title={t('imports.step_result')}>
      <div className={css.result}>
        <JobProgress job={job.data} />
        {over && job.data.result ? (
          <dl className={css.counts}>
            {RESULT.map((key) => (
              <div key={key}>
                <dt>{t(`imports.result.${key}`)}</dt>
                <dd>{groupDigits(Number(result[key] ?? 0))}</dd>
              </div>
            ))}
          </dl>
        ) : null}
        {over ? (
          <div className={css.run}>
            <Link to="/orders" search={isId(shopId) ? { shop_id: [shopId] } : {}}>
              <Button type="primary">{t('imports.see_orders')}</Button>
            </Link>
            {Number(result.cases ?? 0) > 0 ? (
              <Link to="/aftersales" search={{ tab: 'all' }}>
                <Button>{t('imports.see_cases')}</Button>
              </Link>
            ) : null}
            {rejected > 0 ? (
              <Button href={apiUrl(`/imports/${id}/rejects.csv`)} download>
                {t('imports.download_rejects', { count: rejected, n: groupDigits(rejected) })}
              </Button>
            ) : null}
            {job.data.retryable ? (
              <Button loading={retry.isPending} onClick={() => retry.mutate(jobId)}>
                {t('imports.retry')}
              </Button>
            ) : null}
          </div>
        ) : null}
        {retry.error ? <ErrorBox error={retry.error} /> : null}
        {rejected > 0 && over ? <p className={css.muted}>{t('imports.rejects_hint')}</p> : null}
        {over && isId(shopId) ? <Adoptable shopId={shopId} /> : null}
      </div>
    </Panel>
  )
}

/** Orders from before the shop went live keep no stock until somebody takes them over; nobody would miss them by chance. */
function Adoptable({ shopId }: { shopId: string }) {
  const { t } = useTranslation()
  const counts = useQuery({
    queryKey: ['orders', 'counts', { shop_id: [shopId] }],
    queryFn: ({ signal }) => api.get('/orders/counts', { query: { shop_id: [shopId] }, signal }),
  })
  const n = counts.data?.counts.adoptable?.n ?? 0
  if (n === 0) return null
  return (
    <p className={css.adoptable} role="status">
      {t('imports.adoptable', { count: n, n: groupDigits(n) })}{' '}
      <Link to="/orders" search={{ tab: 'adoptable', shop_id: [shopId] }}>
        {t('imports.adoptable_see')}
      </Link>
    </p>
  )
}
