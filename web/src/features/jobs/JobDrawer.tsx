import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Job } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { usePersonName } from '@/lib/person'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Drawer } from '@/ui/Drawer'
import { isOver, JobBar, jobQuery } from '@/ui/JobProgress'
import { Empty, ErrorBox, QueryState, Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import css from './jobs.module.css'
import { figuresOf, targetOf } from './outcome'
import { useJobName } from './useJobName'

const RESULTS = ['failed', 'skipped', 'ok'] as const
type Result = (typeof RESULTS)[number]
const TONE: Record<Result, Tone> = { failed: 'red', skipped: 'amber', ok: 'green' }

interface JobDrawerProps {
  id: string
  /** The buttons that act on the job. */
  actions: (job: Job) => ReactNode
  onClose: () => void
}

/** One job: what it counted, where to look at it, and what became of each row. */
export function JobDrawer({ id, actions, onClose }: JobDrawerProps) {
  const { t } = useTranslation()
  const name = useJobName()
  const query = useQuery({ ...jobQuery(id), placeholderData: undefined })
  const job = query.data
  return (
    <Drawer label={job ? name(job) : t('jobs.rows')} title={job ? name(job) : ''} onClose={onClose}>
      <QueryState query={query}>
        {(j) => (
          <div className={css.one}>
            <JobBar job={j} />
            <Facts job={j} />
            <p className={css.acts}>
              <ResultLinks job={j} />
              {actions(j)}
            </p>
            <Rows key={j.id} job={j} />
          </div>
        )}
      </QueryState>
    </Drawer>
  )
}

function Facts({ job }: { job: Job }) {
  const { t } = useTranslation()
  const person = usePersonName()
  const figures = figuresOf(job)
  return (
    <dl className={css.facts}>
      {figures.map(([figure, n]) => (
        <div key={figure}>
          <dt>{t(`jobs.figure.${figure}`)}</dt>
          <dd>{groupDigits(n)}</dd>
        </div>
      ))}
      <div>
        <dt>{t('jobs.who')}</dt>
        <dd>{person(job.actor_name)}</dd>
      </div>
      <div>
        <dt>{t('jobs.when')}</dt>
        <dd>
          <Time at={job.created_at} />
        </dd>
      </div>
      {job.finished_at ? (
        <div>
          <dt>{t('jobs.finished')}</dt>
          <dd>
            <Time at={job.finished_at} />
          </dd>
        </div>
      ) : null}
    </dl>
  )
}

/** Links to the result: the page that shows it, and the import with its refused rows. */
export function ResultLinks({ job }: { job: Job }) {
  const { t } = useTranslation()
  const target = targetOf(job)
  const imported = job.kind === 'channel.import_file' && isOver(job)
  const may = useCan()('intake.read')
  // An import knows its job, not the other way round.
  const imports = useQuery({
    queryKey: ['imports', 'list'],
    queryFn: ({ signal }) => api.get('/imports', { query: { limit: 50 }, signal }),
    enabled: imported && may,
  })
  const source = imported ? imports.data?.items.find((i) => i.job_id === job.id) : undefined
  return (
    <>
      {target ? (
        <Link to={target.to} search={target.search}>
          {t(`jobs.see.${target.text}`)}
        </Link>
      ) : null}
      {source ? (
        <Link to="/import" search={{ id: source.id }}>
          {t('jobs.see.import')}
        </Link>
      ) : null}
    </>
  )
}

function Rows({ job }: { job: Job }) {
  const { t } = useTranslation()
  const counts: Record<Result, number> = { failed: job.failed_count, skipped: job.skipped_count, ok: job.ok_count }
  const [result, setResult] = useState<Result>(RESULTS.find((r) => counts[r] > 0) ?? 'failed')
  const list = useInfiniteQuery({
    queryKey: ['jobs', 'rows', job.id, result, counts[result]],
    queryFn: ({ pageParam, signal }) => api.get('/jobs/{id}/rows', { path: { id: job.id }, query: { result, limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <section aria-label={t('jobs.rows')}>
      <Tabs label={t('jobs.rows')} value={result} onChange={setResult} items={RESULTS.map((key) => ({ key, label: t(`jobs.row_result.${key}`), count: groupDigits(counts[key]) }))} />
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? (
        <Skeleton />
      ) : list.data ? (
        <DataTable
          label={t('jobs.rows')}
          rows={rows}
          rowKey={(r) => r.no}
          // Kinds that need no word per row record only what went wrong.
          empty={<Empty title={counts[result] > 0 ? t('jobs.rows_not_kept') : t(`jobs.no_rows.${result}`)} />}
          columns={[
            { key: 'row', title: t('jobs.row'), render: (r) => r.ref || r.no },
            { key: 'result', title: t('jobs.result_title'), render: (r) => <Tag tone={TONE[r.result]}>{t(`jobs.row_result.${r.result}`)}</Tag> },
            { key: 'why', title: t('jobs.why'), render: (r) => r.message || r.code || '\u2013' },
          ]}
        />
      ) : null}
      {list.hasNextPage ? (
        <p className={css.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </p>
      ) : null}
    </section>
  )
}
