import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Job } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { usePersonName } from '@/lib/person'
import { DataTable } from '@/ui/DataTable'
import { FormDialog } from '@/ui/FormDialog'
import { isOver, JobBar } from '@/ui/JobProgress'
import { Page, Panel } from '@/ui/Page'
import { spanText } from '@/ui/span'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { JobDrawer } from './JobDrawer'
import css from './jobs.module.css'
import { KINDS, useJobName } from './useJobName'

interface JobsViewProps {
  /** The job whose rows are shown. */
  open?: string
  onOpen: (id: string | undefined) => void
}

const STATES = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const
/** Live events tell of the end; in between the numbers move this often. */
const PROGRESS_MS = 1500

/** Everything that runs in the background: progress, result file, failed rows, another try. */
export function JobsView({ open, onOpen }: JobsViewProps) {
  const { t } = useTranslation()
  const person = usePersonName()
  const toast = useToast()
  const name = useJobName()
  const [kind, setKind] = useState<string>()
  const [undoing, setUndoing] = useState<Job>()
  const [state, setState] = useState<(typeof STATES)[number]>()
  const list = useInfiniteQuery({
    queryKey: ['jobs', 'list', kind, state],
    queryFn: ({ pageParam, signal }) => api.get('/jobs', { query: { kind, state, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: (q) => (q.state.data?.pages.some((p) => p.items.some((j) => !isOver(j))) ? PROGRESS_MS : false),
  })
  const jobs = list.data?.pages.flatMap((p) => p.items) ?? []
  const act = useAction({
    run: ({ id, what }: { id: string; what: 'retry-failed' | 'undo' | 'cancel' }, key) => api.post(`/jobs/{id}/${what}` as const, undefined, { path: { id }, key }),
    invalidates: [['jobs']],
    onSuccess: (job, { what }) => {
      toast.ok(what === 'cancel' ? t('jobs.cancelled') : what === 'undo' ? t('jobs.undo_started') : t('jobs.retry_started'))
      // Trying failed rows again, or undoing, makes a job of its own: it is the one to watch now.
      if (what !== 'cancel' && open) onOpen(job.id)
    },
    onError: toast.bad,
  })
  const actions = (j: Job) => (
    <>
      {j.retryable ? (
        <Button loading={act.isPending && act.variables.id === j.id} onClick={() => act.mutate({ id: j.id, what: 'retry-failed' })}>
          {j.state === 'failed' ? t('jobs.go_on') : t('jobs.retry_failed')}
        </Button>
      ) : null}
      {j.undoable ? <Button onClick={() => setUndoing(j)}>{t('jobs.undo')}</Button> : null}
      {j.cancellable ? <Button onClick={() => act.mutate({ id: j.id, what: 'cancel' })}>{t('jobs.cancel')}</Button> : null}
    </>
  )
  return (
    <Page title={t('jobs.title')} hint={t('jobs.hint')}>
      <Panel flush>
        <div className={css.bar}>
          <Select allowClear style={{ width: 160 }} aria-label={t('jobs.what')} placeholder={t('jobs.what')} value={kind} options={KINDS.map((k) => ({ value: k, label: name({ kind: k }) }))} onChange={setKind} />
          <Select allowClear style={{ width: 130 }} aria-label={t('jobs.state_title')} placeholder={t('jobs.state_title')} value={state} options={STATES.map((s) => ({ value: s, label: t(`jobs.state.${s}`) }))} onChange={setState} />
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <DataTable
            label={t('jobs.list')}
            rows={jobs}
            rowKey={(j) => j.id}
            empty={<Empty title={kind || state ? t('jobs.none_found') : t('jobs.empty')} />}
            columns={[
              { key: 'what', title: t('jobs.what'), render: (j) => <strong>{name(j)}</strong> },
              { key: 'progress', title: t('jobs.progress'), width: '36%', render: (j) => <JobBar job={j} /> },
              { key: 'who', title: t('jobs.who'), render: (j) => person(j.actor_name) },
              { key: 'when', title: t('jobs.when'), render: (j) => <Time at={j.created_at} /> },
              { key: 'took', title: t('jobs.took'), render: (j) => <Took job={j} /> },
              {
                key: 'actions',
                title: '',
                align: 'right',
                render: (j) => (
                  <span className={css.acts}>
                    <Button onClick={() => onOpen(j.id)}>{j.failed_count > 0 ? t('jobs.rows') : t('jobs.details')}</Button>
                    {actions(j)}
                  </span>
                ),
              },
            ]}
          />
        ) : null}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {undoing ? (
        <FormDialog title={t('jobs.undo_title', { what: name(undoing) })} action={t('jobs.undo_go', { count: undoing.ok_count, n: groupDigits(undoing.ok_count) })} valid saving={act.isPending} error={act.error} onSave={() => act.mutate({ id: undoing.id, what: 'undo' }, { onSuccess: () => setUndoing(undefined) })} onClose={() => setUndoing(undefined)}>
          <p>{t('jobs.undo_hint')}</p>
        </FormDialog>
      ) : null}
      {open ? <JobDrawer id={open} actions={actions} onClose={() => onOpen(undefined)} /> : null}
    </Page>
  )
}

function Took({ job }: { job: Job }) {
  const { t } = useTranslation()
  if (!job.started_at || !job.finished_at) return <>{'\u2013'}</>
  const ms = Date.parse(job.finished_at) - Date.parse(job.started_at)
  return <>{ms < 60_000 ? t('jobs.seconds', { n: (ms / 1000).toFixed(1) }) : spanText(t, ms)}</>
}
