import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api/errors'
import css from './States.module.css'

/** Nothing here: says why and offers the next step. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <p className={css.emptyTitle}>{title}</p>
      {children ? <div className={css.next}>{children}</div> : null}
    </div>
  )
}

/** What failed, in the server's words, with the number that support asks for and a way to try again. */
export function ErrorBox({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const known = error instanceof ApiError ? error : null
  // One refused field often says the same as the whole: once is enough.
  const fields = known?.fields.filter((f) => f.message !== known.detail) ?? []
  return (
    <div className={css.error} role="alert">
      <p>{known?.detail ?? t('common.unexpected')}</p>
      {fields.length > 0 ? (
        <ul>
          {fields.map((f) => (
            <li key={`${f.location} ${f.message}`}>
              {f.message} <code>{f.location}</code>
            </li>
          ))}
        </ul>
      ) : null}
      <p className={css.trace}>
        {known?.code ? <code>{known.code}</code> : null}
        {known?.requestId ? <span>{t('common.request_id', { id: known.requestId })}</span> : null}
      </p>
      {onRetry ? (
        <Button size="small" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      ) : null}
    </div>
  )
}

/** Grey bars for the very first load; later loads keep the old rows. Appears after 300 ms only. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div className={css.skeleton} role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} style={{ width: `${92 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  )
}

interface QueryStateProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown; isPlaceholderData?: boolean }
  skeletonRows?: number
  children: (data: T) => ReactNode
}

/** Shows a query: bars at first, the error above data that stays, and stale rows dimmed while new ones load. */
export function QueryState<T>({ query, skeletonRows, children }: QueryStateProps<T>) {
  return (
    <>
      {query.error ? <ErrorBox error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data === undefined ? (
        query.isPending ? (
          <Skeleton rows={skeletonRows} />
        ) : null
      ) : (
        <div className={query.isPlaceholderData ? css.dimmed : undefined} aria-busy={query.isPlaceholderData}>
          {children(query.data)}
        </div>
      )}
    </>
  )
}
