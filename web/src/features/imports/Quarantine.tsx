import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { DataTable } from '@/ui/DataTable'
import { Panel } from '@/ui/Page'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'

/** Orders that could not be taken in: try again once the cause is gone, or set aside. Hidden while there is none. */
export function Quarantine() {
  const { t } = useTranslation()
  const toast = useToast()
  const { data } = useQuery({
    queryKey: ['imports', 'quarantine'],
    queryFn: ({ signal }) => api.get('/inbox', { query: { state: 'quarantined', limit: 50 }, signal }),
  })
  const act = useAction({
    run: ({ id, what }: { id: string; what: 'replay' | 'dismiss' }, key) => api.post(`/inbox/{id}/${what}` as const, undefined, { path: { id }, key }),
    invalidates: [['imports'], ['orders'], ['home']],
    onError: toast.bad,
  })
  if (!data?.items.length) return null
  return (
    <Panel title={t('imports.quarantine')} note={t('imports.quarantine_note')} flush>
      <DataTable
        label={t('imports.quarantine')}
        rows={data.items}
        rowKey={(r) => r.id}
        columns={[
          { key: 'no', title: t('imports.order_no'), render: (r) => r.channel_order_no || '\u2013' },
          { key: 'why', title: t('imports.why'), render: (r) => r.message || r.error_code },
          { key: 'at', title: t('imports.at'), render: (r) => <Time at={r.created_at} /> },
          {
            key: 'act',
            title: '',
            align: 'right',
            render: (r) => (
              <span style={{ display: 'inline-flex', gap: 6 }}>
                <Button loading={act.isPending && act.variables.id === r.id} onClick={() => act.mutate({ id: r.id, what: 'replay' })}>
                  {t('imports.replay')}
                </Button>
                <Button onClick={() => act.mutate({ id: r.id, what: 'dismiss' })}>{t('imports.dismiss')}</Button>
              </span>
            ),
          },
        ]}
      />
    </Panel>
  )
}
