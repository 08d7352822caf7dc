import { Link } from '@tanstack/react-router'
import { Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { AllocationPreview, Job } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { Page, Panel } from '@/ui/Page'
import { JobProgress } from '@/ui/JobProgress'
import { ErrorBox } from '@/ui/States'
import css from './allocation.module.css'
import { PreviewResult } from './PreviewResult'
import { ALLOCATED } from './queries'
import { SCOPES, type AllocationSearch } from './search'

interface PreviewTabProps {
  search: AllocationSearch
  onSearch: (next: AllocationSearch) => void
}

/** What the saved rules would do now, and doing it. */
export function PreviewTab({ search, onSearch }: PreviewTabProps) {
  const { t } = useTranslation()
  const scope = search.scope ?? 'unallocated'
  const [running, setRunning] = useState<{ preview: AllocationPreview; ids: string[] } | null>(null)
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  return (
    <Page
      title={t('allocation.tab.preview')}
      hint={t('allocation.preview_hint')}
      actions={
        <Select
          aria-label={t('allocation.scope_title')}
          style={{ minWidth: 220 }}
          value={scope}
          options={SCOPES.map((s) => ({ value: s, label: t(`allocation.scope.${s}`) }))}
          onChange={(next) => {
            setPicked(new Set())
            onSearch({ tab: 'preview', scope: next })
          }}
        />
      }
    >
      <Panel>
        <PreviewResult
          scope={scope}
          show={search.show ?? ''}
          onShow={(show) => {
            setPicked(new Set())
            onSearch({ ...search, tab: 'preview', show: show || undefined })
          }}
          picked={picked}
          onPick={setPicked}
          actions={(p) => (
            <div className={css.acts}>
              <Button type="primary" disabled={p.whole + p.split + p.part === 0} onClick={() => setRunning({ preview: p, ids: [] })}>
                {t('allocation.run', { count: p.whole + p.split + p.part, n: groupDigits(p.whole + p.split + p.part) })}
              </Button>
              {picked.size > 0 ? <Button onClick={() => setRunning({ preview: p, ids: [...picked] })}>{t('allocation.run_picked', { count: picked.size, n: groupDigits(picked.size) })}</Button> : null}
              {p.waiting > 0 ? <span className={css.muted}>{t('allocation.waiting_stay', { count: p.waiting, n: groupDigits(p.waiting) })}</span> : null}
            </div>
          )}
        />
      </Panel>
      {running ? (
        <RunDialog
          scope={scope}
          {...running}
          onClose={() => {
            setRunning(null)
            setPicked(new Set())
          }}
        />
      ) : null}
    </Page>
  )
}

interface RunDialogProps {
  scope: 'unallocated' | 'open'
  preview: AllocationPreview
  /** Only these; none for the whole scope. */
  ids: string[]
  onClose: () => void
}

/** Allocates the orders of a scope, or those chosen, by the saved rules, in a job. */
function RunDialog({ scope, preview: p, ids, onClose }: RunDialogProps) {
  const { t } = useTranslation()
  const [job, setJob] = useState<Job | null>(null)
  const body = ids.length > 0 ? { order_ids: ids } : { scope }
  const run = useAction({ run: (input: typeof body, key) => api.post('/allocation/runs', input, { key }), onSuccess: setJob })
  const refresh = useAction({ run: () => Promise.resolve(), invalidates: ALLOCATED })
  const n = (count: number) => ({ count, n: groupDigits(count) })
  return (
    <Modal
      open
      title={t('allocation.run_title')}
      onCancel={onClose}
      footer={
        job ? (
          <Button type="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" loading={run.isPending} onClick={() => run.mutate(body)}>
              {t('allocation.run', n(ids.length || p.whole + p.split + p.part))}
            </Button>
          </>
        )
      }
    >
      <div className={css.stack}>
        {job ? (
          <>
            <JobProgress job={job} onOver={() => refresh.mutate(undefined)} />
            <p className={css.muted}>
              <Link to="/jobs">{t('allocation.see_jobs')}</Link>
            </p>
          </>
        ) : (
          <>
            {ids.length > 0 ? <p>{t('allocation.picked_hint', n(ids.length))}</p> : null}
            <ul className={css.plain} hidden={ids.length > 0}>
              {p.warehouses.map((w) => (
                <li key={w.warehouse_id}>{t('allocation.from', { name: w.name, ...n(w.orders), pieces: groupDigits(w.pieces) })}</li>
              ))}
              {p.split > 0 ? <li>{t('allocation.will_split', n(p.split))}</li> : null}
              {p.waiting > 0 ? <li>{t('allocation.will_wait', n(p.waiting))}</li> : null}
              {p.unchanged > 0 ? <li>{t('allocation.stay', n(p.unchanged))}</li> : null}
              {p.skips.map((s) => (
                <li key={s.code}>
                  {t('allocation.skip', n(s.n))} · {s.message}
                </li>
              ))}
            </ul>
            <p className={css.muted}>{t('allocation.run_hint')}</p>
          </>
        )}
        {run.error ? <ErrorBox error={run.error} onRetry={() => run.mutate(body)} /> : null}
      </div>
    </Modal>
  )
}
