import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { BATCH_TONE } from './labels'
import css from './print.module.css'
import { agentsQuery, batchesQuery } from './queries'
import { useCarrierName } from './useCarrierName'

/** The batches of late, the newest first. */
export function Batches({ onOpen, onStart }: { onOpen: (id: string) => void; onStart: () => void }) {
  const { t } = useTranslation()
  const query = useQuery(batchesQuery)
  const agents = useQuery(agentsQuery).data ?? []
  const carrier = useCarrierName().name
  return (
    <Page title={t('print.tab.batches')} hint={t('print.hint.batches')}>
      <Panel flush>
        <QueryState query={query}>
          {(rows) => (
            <DataTable
              label={t('print.tab.batches')}
              rows={rows}
              rowKey={(b) => b.id}
              rowTone={(b) => (b.state === 'ready' ? 'warn' : undefined)}
              empty={
                <Empty title={t('print.no_batches')}>
                  <Button onClick={onStart}>{t('print.to_queue')}</Button>
                </Empty>
              }
              columns={[
                {
                  key: 'code',
                  title: t('print.batch_title'),
                  render: (b) => (
                    <button type="button" className={css.link} onClick={() => onOpen(b.id)}>
                      {b.code}
                    </button>
                  ),
                },
                { key: 'state', title: t('print.state_title'), render: (b) => <Tag tone={BATCH_TONE[b.state]}>{t(`print.batch_state.${b.state}`)}</Tag> },
                { key: 'carrier', title: t('print.carrier'), render: (b) => carrier(b.carrier) },
                { key: 'total', title: t('print.labels_title'), align: 'right', render: (b) => groupDigits(b.total) },
                { key: 'printer', title: t('print.printer'), render: (b) => (isId(b.agent_id) ? `${agents.find((a) => a.id === b.agent_id)?.name ?? ''} \u203a ${b.printer}` : t('print.as_file')) },
                {
                  key: 'marks',
                  title: t('print.marks'),
                  render: (b) => (
                    <>
                      {b.ships ? <Tag tone="blue">{t('print.ships')}</Tag> : null}
                      {b.reason ? (
                        <Tag tone="amber" title={b.reason}>
                          {t('print.reprint_because', { reason: b.reason })}
                        </Tag>
                      ) : null}
                    </>
                  ),
                },
                { key: 'who', title: t('print.who'), render: (b) => b.actor_name },
                { key: 'at', title: t('print.at'), render: (b) => <Time at={b.created_at} /> },
              ]}
            />
          )}
        </QueryState>
      </Panel>
    </Page>
  )
}
