import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { groupDigits } from '@/lib/format'
import { useWarehouses } from '@/lib/lookups'
import { usePersonName } from '@/lib/person'
import { beep } from '@/lib/sound'
import { ScanBox } from '@/ui/ScanBox'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { useTitle } from '@/ui/title'
import css from './pick.module.css'

/** Where a hand-held begins: scan a pick list's code, or touch a wave. */
export function ChooseWave({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const person = usePersonName()
  useTitle(t('pick.title'))
  const [missing, setMissing] = useState('')
  const warehouses = useWarehouses()
  const list = useQuery({ queryKey: ['waves', 'board'], queryFn: ({ signal }) => api.get('/waves', { query: { live: true, limit: 100 }, signal }) })
  const waves = list.data?.items ?? []
  const scan = (text: string) => {
    const wave = waves.find((w) => w.code.toUpperCase() === text.trim().toUpperCase())
    beep(wave ? 'good' : 'bad')
    setMissing(wave ? '' : text)
    if (wave) onOpen(wave.id)
  }
  return (
    <main className={css.page}>
      <header className={css.head}>
        <Link to="/waves" className={css.back}>
          {t('pick.board')}
        </Link>
        <h1>{t('pick.title')}</h1>
      </header>
      <ScanBox label={t('pick.scan_wave')} onScan={scan} />
      {missing ? (
        <p className={css.bad} role="alert">
          {t('pick.no_wave', { text: missing })}
        </p>
      ) : null}
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton /> : null}
      {list.data && waves.length === 0 ? <Empty title={t('pick.empty')} /> : null}
      <ul className={css.waves}>
        {waves.map((w) => (
          <li key={w.id}>
            <Link to="/pick/$id" params={{ id: w.id }} className={css.wave}>
              <strong>{w.code}</strong>
              <span>
                {t('pick.left_of', { left: groupDigits(Math.max(0, w.wanted - w.picked - w.short)), wanted: groupDigits(w.wanted) })}
              </span>
              <small>
                {warehouses.find((x) => x.id === w.warehouse_id)?.name} {'\u00b7'} {t(`waves.content.${w.content}`)}
                {w.progress.length > 0 ? ` \u00b7 ${w.progress.map((p) => person(p.name)).join(', ')}` : ''}
              </small>
              {w.hits > 0 ? <Tag tone="red">{t('waves.hits', { count: w.hits })}</Tag> : null}
            </Link>
          </li>
        ))}
      </ul>
    </main>
  )
}
