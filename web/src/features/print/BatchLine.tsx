import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { ErrorBox } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { BATCH_TONE, counted } from './labels'
import css from './print.module.css'
import { batchQuery } from './queries'
import { TellButtons } from './TellButtons'

/** One batch of a run, small: how its labels stand, its file, and the word that they came out. */
export function BatchLine({ id, onOpen }: { id: string; onOpen: () => void }) {
  const { t } = useTranslation()
  const query = useQuery(batchQuery(id))
  const batch = query.data
  if (!batch) return query.error ? <ErrorBox error={query.error} onRetry={() => void query.refetch()} /> : <li className={css.muted}>{t('common.loading')}</li>
  return (
    <li className={css.batch}>
      <div className={css.batchHead}>
        <strong>{t('print.batch', { code: batch.code })}</strong>
        <Tag tone={BATCH_TONE[batch.state]}>{t(`print.batch_state.${batch.state}`)}</Tag>
        <span className={css.muted}>{counted(t, batch.labels)}</span>
        <Button size="small" onClick={onOpen}>
          {t('print.details')}
        </Button>
      </div>
      <TellButtons batch={batch} />
    </li>
  )
}
