import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { Count } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { Tabs } from '@/ui/Tabs'
import css from './review.module.css'
import { STAGES, type ReviewSearch } from './reviewSearch'

/** How many wait for whom and why, within the shop that is looked at. */
export function reviewCountsQuery(shop: string | undefined) {
  return queryOptions({
    queryKey: ['orders', 'review-counts', shop],
    queryFn: ({ signal }) => api.get('/review/counts', { query: { shop_id: shop ? [shop] : undefined }, signal }),
    refetchInterval: 60_000,
  })
}

/** A count as people read it: a dash while unknown, a plus where there are more. */
export function said(count: Count | undefined): string {
  if (!count?.known) return '\u2013'
  return groupDigits(count.n) + (count.exact ? '' : '+')
}

/** Who waits for whom, and the reasons with their numbers; each narrows the queue. */
export function ReviewHead({ search, onChange }: { search: ReviewSearch; onChange: (next: ReviewSearch) => void }) {
  const { t } = useTranslation()
  const counts = useQuery(reviewCountsQuery(search.shop_id)).data
  const stage = search.stage ?? 'service'
  // The chosen reason keeps its chip when nothing waits for it any more.
  const reasons = (counts?.reasons ?? []).filter((r) => r.n > 0 || r.kind === search.hold)
  if (search.hold && !reasons.some((r) => r.kind === search.hold)) reasons.push({ kind: search.hold, n: 0, exact: true, known: counts?.approval.known ?? false })
  return (
    <div className={css.head}>
      <Tabs
        label={t('review.stages')}
        items={STAGES.map((key) => ({ key, label: t(`review.stage.${key}`), count: said(key === 'service' ? counts?.approval : counts?.finance) }))}
        value={stage}
        onChange={(next) => onChange({ shop_id: search.shop_id, stage: next === 'service' ? undefined : next })}
      />
      {stage === 'service' ? (
        <div className={css.chips} role="group" aria-label={t('review.reasons')}>
          {reasons.map((r) => (
            <button
              key={r.kind}
              type="button"
              className={r.kind === search.hold ? css.chipOn : css.chip}
              aria-pressed={r.kind === search.hold}
              onClick={() => onChange({ shop_id: search.shop_id, hold: r.kind === search.hold ? undefined : r.kind })}
            >
              {t(`orders.hold.${r.kind}`)} <b>{said(r)}</b>
            </button>
          ))}
        </div>
      ) : (
        <p className={css.hint}>{t('review.finance_hint')}</p>
      )}
    </div>
  )
}
