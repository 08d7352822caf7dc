import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupDigits } from '@/lib/format'
import { useCan } from '@/lib/session'
import { OUT_RIGHTS, type OutAction, type OutTarget } from '@/ui/out'
import css from './print.module.css'
import type { Bucket } from './search'

const ManyOutDialog = lazy(() => import('@/ui/ManyOutDialog'))

interface OutBarProps {
  bucket: Bucket
  selected: string[]
  /** Rows there are, shown or not. */
  total: number
  filter: object
  onDone: () => void
}

/** What may be done at once to parcels on the print screen: what is printed ships, what waits gets another carrier, and either is sealed. */
export function OutBar({ bucket, selected, total, filter, onDone }: OutBarProps) {
  const { t } = useTranslation()
  const can = useCan()
  const [asked, setAsked] = useState<{ action: OutAction; target: OutTarget } | null>(null)
  const actions: OutAction[] = bucket === 'printed' ? ['ship', 'unseal'] : bucket === 'unprinted' || bucket === 'mergeable' ? ['carrier', 'seal', 'unseal'] : []
  const mine = actions.filter((a) => can(OUT_RIGHTS[a]))
  if (mine.length === 0) return null
  return (
    <div className={css.out}>
      {mine.map((action) => (
        <Button key={action} type={action === 'ship' && selected.length > 0 ? 'primary' : 'default'} disabled={selected.length === 0} onClick={() => setAsked({ action, target: { ids: selected } })}>
          {t(`print.out.${action}`, { count: selected.length, n: groupDigits(selected.length) })}
        </Button>
      ))}
      {mine.includes('ship') ? <Button onClick={() => setAsked({ action: 'ship', target: { filter } })}>{t('print.out.ship_all', { count: total, n: groupDigits(total) })}</Button> : null}
      <Suspense fallback={null}>{asked ? <ManyOutDialog action={asked.action} target={asked.target} onDone={onDone} onClose={() => setAsked(null)} /> : null}</Suspense>
    </div>
  )
}
