import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { WaveSheet } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Panel } from '@/ui/Page'
import { ErrorBox } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import css from './waves.module.css'

const TONES = { open: 'red', applied: 'plain', dismissed: 'green' } as const

/** Shelves that held less than the books say: somebody who may change stock decides what is true. */
export function Counts({ sheet }: { sheet: WaveSheet }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('inventory.adjust')
  const decide = useAction({
    run: ({ id, apply }: { id: string; apply: boolean }, key) => api.post('/waves/{id}/counts/{count_id}/decision', { apply }, { path: { id: sheet.id, count_id: id }, key }),
    invalidates: [['waves'], ['stock'], ['orders']],
    onSuccess: (_, { apply }) => toast.ok(apply ? t('waves.count_applied') : t('waves.count_dismissed')),
  })
  return (
    <Panel flush title={t('waves.counts')} note={t('waves.counts_hint')}>
      {decide.error ? <ErrorBox error={decide.error} /> : null}
      <DataTable
        label={t('waves.counts')}
        rows={sheet.counts}
        rowKey={(c) => c.id}
        columns={[
          { key: 'sku', title: t('waves.sku'), render: (c) => <strong>{c.sku_code}</strong> },
          { key: 'counted', title: t('waves.counted'), align: 'right', render: (c) => groupDigits(c.counted) },
          { key: 'baskets', title: t('waves.in_baskets'), align: 'right', render: (c) => groupDigits(c.in_baskets) },
          { key: 'books', title: t('waves.on_books'), align: 'right', render: (c) => groupDigits(c.on_hand) },
          { key: 'missing', title: t('waves.missing'), align: 'right', render: (c) => <span className={css.short}>{groupDigits(c.missing)}</span> },
          {
            key: 'who',
            title: t('waves.counted_by'),
            render: (c) => (
              <>
                {c.by_name} <Time at={c.at} />
              </>
            ),
          },
          { key: 'state', title: t('waves.state_title'), render: (c) => <Tag tone={TONES[c.state]}>{t(`waves.count_state.${c.state}`)}</Tag> },
          {
            key: 'act',
            title: '',
            align: 'right',
            render: (c) =>
              may && c.state === 'open' ? (
                <span className={css.acts}>
                  <Button disabled={decide.isPending} onClick={() => decide.mutate({ id: c.id, apply: false })}>
                    {t('waves.dismiss_count')}
                  </Button>
                  <Button danger loading={decide.isPending && decide.variables.id === c.id && decide.variables.apply} onClick={() => decide.mutate({ id: c.id, apply: true })}>
                    {t('waves.apply_count', { code: c.sku_code, count: c.missing })}
                  </Button>
                </span>
              ) : null,
          },
        ]}
      />
    </Panel>
  )
}
