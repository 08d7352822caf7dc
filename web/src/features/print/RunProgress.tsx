import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { isOver, JobBar, jobQuery, resultOf } from '@/ui/JobProgress'
import { Panel } from '@/ui/Page'
import { ScrollBox } from '@/ui/ScrollBox'
import { ErrorBox, Skeleton } from '@/ui/States'
import { BatchLine } from './BatchLine'
import css from './print.module.css'

interface RunProgressProps {
  id: string
  onBatch: (id: string) => void
  onRun: (id: string | undefined) => void
}

/** How far a run is: numbers, then batches, then what could not go on and why. */
export function RunProgress({ id, onBatch, onRun }: RunProgressProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(jobQuery(id))
  const job = query.data
  const batches = job ? (resultOf(job).batch_ids ?? '').split(',').filter(isId) : []
  const over = job ? isOver(job) : false
  const failed = job?.failed_count ?? 0
  const step = `${batches.length} ${over}`
  const told = useRef('')
  useEffect(() => {
    if (told.current === step) return
    told.current = step
    void client.invalidateQueries({ queryKey: ['print', 'queue'] })
  }, [client, step])
  const rows = useQuery({
    queryKey: ['jobs', 'rows', id, 'failed', failed],
    queryFn: ({ signal }) => api.get('/jobs/{id}/rows', { path: { id }, query: { result: 'failed', limit: 200 }, signal }),
    enabled: failed > 0,
  })
  const retry = useAction({
    run: (job: string, key) => api.post('/jobs/{id}/retry-failed', undefined, { path: { id: job }, key }),
    invalidates: [['print'], ['jobs']],
    onSuccess: (next) => onRun(next.id),
  })
  return (
    <Panel
      title={over ? t('print.run_over') : t('print.running')}
      actions={
        over ? (
          <Button size="small" onClick={() => onRun(undefined)}>
            {t('common.close')}
          </Button>
        ) : null
      }
    >
      {query.error ? <ErrorBox error={query.error} onRetry={() => void query.refetch()} /> : null}
      {job ? <JobBar job={job} /> : query.isPending ? <Skeleton rows={2} /> : null}
      <ul className={css.batches}>
        {batches.map((batch) => (
          <BatchLine key={batch} id={batch} onOpen={() => onBatch(batch)} />
        ))}
      </ul>
      {over && batches.length === 0 && failed === 0 ? <p className={css.muted}>{t('print.run_nothing')}</p> : null}
      {failed > 0 ? (
        <section className={css.failures}>
          <h3>{t('print.failures_n', { count: failed, n: groupDigits(failed) })}</h3>
          <ScrollBox label={t('print.failures')} className={css.scroll}>
            <ul>
              {rows.data?.items.map((r) => (
                <li key={r.no}>
                  <b>{r.ref || r.no}</b> {r.message || r.code}
                </li>
              ))}
            </ul>
          </ScrollBox>
          {rows.error ? <ErrorBox error={rows.error} onRetry={() => void rows.refetch()} /> : null}
          {job?.retryable ? (
            <Button size="small" loading={retry.isPending} onClick={() => retry.mutate(id)}>
              {t('print.retry_n', { count: failed, n: groupDigits(failed) })}
            </Button>
          ) : null}
          {retry.error ? <ErrorBox error={retry.error} /> : null}
        </section>
      ) : null}
    </Panel>
  )
}
