import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Job } from '@/lib/api/contract'
import { DataTable } from '@/ui/DataTable'
import { Drawer } from '@/ui/Drawer'
import { isOver, JobProgress, jobQuery } from '@/ui/JobProgress'
import { Page, Panel } from '@/ui/Page'
import { spanText } from '@/ui/span'
import { Empty, QueryState } from '@/ui/States'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'

interface JobsViewProps {
  /** The job whose rows are shown. */
  open?: string
  onOpen: (id: string | undefined) => void
}

function useJobName(): (job: Job) => string {
  const { t } = useTranslation()
  return (job) => t(`jobs.kind.${job.kind.replaceAll('.', '_')}`, { defaultValue: job.kind })
}

/** Everything that runs in the background: progress, result file, failed rows, another try. */
export function JobsView({ open, onOpen }: JobsViewProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const name = useJobName()
  const query = useQuery({
    queryKey: ['jobs', 'list'],
    queryFn: ({ signal }) => api.get('/jobs', { query: { limit: 100 }, signal }),
    refetchInterval: (q) => (q.state.data?.items.some((j) => !isOver(j)) ? 2000 : false),
  })
  const act = useAction({
    run: ({ id, what }: { id: string; what: 'retry-failed' | 'cancel' }, key) => api.post(`/jobs/{id}/${what}` as const, undefined, { path: { id }, key }),
    invalidates: [['jobs']],
    onSuccess: (_, { what }) => toast.ok(what === 'cancel' ? t('jobs.cancelled') : t('jobs.retry_started')),
    onError: toast.bad,
  })
  return (
    <Page title={t('jobs.title')} hint={t('jobs.hint')}>
      <Panel flush>
        <QueryState query={query}>
          {(list) => (
            <DataTable
              label={t('jobs.list')}
              rows={list.items}
              rowKey={(j) => j.id}
              empty={<Empty title={t('jobs.empty')} />}
              columns={[
                { key: 'what', title: t('jobs.what'), render: (j) => <strong>{name(j)}</strong> },
                { key: 'progress', title: t('jobs.progress'), width: '36%', render: (j) => <JobProgress job={j} /> },
                { key: 'who', title: t('jobs.who'), render: (j) => j.actor_name },
                { key: 'when', title: t('jobs.when'), render: (j) => <Time at={j.created_at} /> },
                { key: 'took', title: t('jobs.took'), render: (j) => <Took job={j} /> },
                {
                  key: 'actions',
                  title: '',
                  align: 'right',
                  render: (j) => (
                    <span style={{ display: 'inline-flex', gap: 6 }}>
                      {j.failed_count > 0 ? <Button onClick={() => onOpen(j.id)}>{t('jobs.rows')}</Button> : null}
                      {j.retryable && j.failed_count > 0 ? (
                        <Button loading={act.isPending && act.variables.id === j.id} onClick={() => act.mutate({ id: j.id, what: 'retry-failed' })}>
                          {t('jobs.retry_failed')}
                        </Button>
                      ) : null}
                      {j.cancellable && !j.cancel_asked && !isOver(j) ? <Button onClick={() => act.mutate({ id: j.id, what: 'cancel' })}>{t('jobs.cancel')}</Button> : null}
                    </span>
                  ),
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {open ? <JobDrawer id={open} onClose={() => onOpen(undefined)} /> : null}
    </Page>
  )
}

function Took({ job }: { job: Job }) {
  const { t } = useTranslation()
  if (!job.started_at || !job.finished_at) return <>{'\u2013'}</>
  const ms = Date.parse(job.finished_at) - Date.parse(job.started_at)
  return <>{ms < 60_000 ? t('jobs.seconds', { n: (ms / 1000).toFixed(1) }) : spanText(t, ms)}</>
}

/** One job and its failed rows. */
function JobDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation()
  const name = useJobName()
  const job = useQuery(jobQuery(id))
  const rows = useQuery({
    queryKey: ['jobs', 'rows', id],
    queryFn: ({ signal }) => api.get('/jobs/{id}/rows', { path: { id }, query: { result: 'failed', limit: 200 }, signal }),
  })
  return (
    <Drawer label={t('jobs.rows')} title={job.data ? name(job.data) : ''} onClose={onClose}>
      {job.data ? <JobProgress job={job.data} /> : null}
      <QueryState query={rows}>
        {(list) => (
          <DataTable
            label={t('jobs.rows')}
            rows={list.items}
            rowKey={(r) => r.no}
            empty={<Empty title={t('jobs.rows_empty')} />}
            columns={[
              { key: 'row', title: t('jobs.row'), render: (r) => r.ref || r.no },
              { key: 'why', title: t('jobs.why'), render: (r) => r.message || r.code },
            ]}
          />
        )}
      </QueryState>
    </Drawer>
  )
}
