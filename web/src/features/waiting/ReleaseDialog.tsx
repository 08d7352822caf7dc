import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Modal } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { AllocateAnswer } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { groupDigits } from '@/lib/format'
import { JobProgress } from '@/ui/JobProgress'
import { ErrorBox, Skeleton } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { reasonsOf } from './outcome'
import { WAITING_KEYS } from './queries'
import type { filterOf } from './search'
import css from './waiting.module.css'

export type ReleaseTarget = { ids: string[] } | { filter: ReturnType<typeof filterOf> & { sku_id?: string }; code?: string }

/** Allocates waiting orders again: first what would happen, then what did. */
export function ReleaseDialog({ target, onClose }: { target: ReleaseTarget; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [result, setResult] = useState<AllocateAnswer | null>(null)
  const body = useMemo(() => ('ids' in target ? { order_ids: target.ids } : { filter: defined(target.filter) }), [target])
  const preview = useQuery({
    queryKey: ['waiting', 'release', body],
    queryFn: ({ signal }) => api.post('/waiting-orders/release', { ...body, dry_run: true }, { signal }),
    enabled: result === null,
    gcTime: 0,
    staleTime: 0,
  })
  const run = useAction({
    run: (input: object, key) => api.post('/waiting-orders/release', input, { key }),
    invalidates: WAITING_KEYS,
    onSuccess: (out) => {
      if (!out.job && out.failed.length === 0) {
        toast.ok(t('waiting.released', { count: out.ok, n: groupDigits(out.ok) }))
        onClose()
      } else setResult(out)
    },
  })
  const refresh = useAction({ run: () => Promise.resolve(), invalidates: WAITING_KEYS })
  const title = 'ids' in target ? t('waiting.release_title', { count: target.ids.length }) : target.code ? t('waiting.release_title_sku', { code: target.code }) : t('waiting.release_title_all')
  // A preview looks at the first orders only; there may be goods for others too.
  const nothing = preview.data ? preview.data.ok === 0 && preview.data.checked >= preview.data.total : true
  return (
    <Modal
      open
      title={title}
      width={560}
      onCancel={onClose}
      footer={
        result ? (
          <Button type="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" disabled={nothing} loading={run.isPending} onClick={() => run.mutate(body)}>
              {preview.data && preview.data.ok > 0 && preview.data.checked >= preview.data.total ? t('waiting.release_go', { count: preview.data.ok, n: groupDigits(preview.data.ok) }) : t('waiting.release')}
            </Button>
          </>
        )
      }
    >
      <div className={css.check_list} role="status">
        {result ? (
          result.job ? (
            <>
              <JobProgress job={result.job} onOver={() => refresh.mutate(undefined)} />
              <Link to="/jobs">{t('waiting.see_jobs')}</Link>
            </>
          ) : (
            <Verdict answer={result} done />
          )
        ) : preview.data ? (
          <Verdict answer={preview.data} />
        ) : preview.isFetching ? (
          <Skeleton rows={2} />
        ) : null}
        {!result && preview.error ? <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} /> : null}
        {run.error ? <ErrorBox error={run.error} onRetry={() => run.mutate(body)} /> : null}
      </div>
    </Modal>
  )
}

function Verdict({ answer, done }: { answer: AllocateAnswer; done?: boolean }) {
  const { t } = useTranslation()
  const counts = { count: answer.ok, ok: groupDigits(answer.ok), left: groupDigits(answer.failed.length) }
  return (
    <>
      <strong>{done ? t('waiting.did', counts) : t('waiting.will', counts)}</strong>
      {!done && answer.checked < answer.total ? <p className={css.muted}>{t('waiting.checked', { n: groupDigits(answer.checked), total: groupDigits(answer.total) })}</p> : null}
      {answer.failed.length > 0 ? (
        <ul>
          {reasonsOf(answer.failed).map((r) => (
            <li key={r.message}>
              {r.message} × {groupDigits(r.ids.length)}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  )
}
