import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { formatBytes } from '@/lib/format'
import { useAction } from '@/lib/action'
import { useShops } from '@/lib/lookups'
import { DataTable } from '@/ui/DataTable'
import { DropZone } from '@/ui/DropZone'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { ChannelBadge, Tag, type Tone } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { ImportWizard } from './ImportWizard'
import css from './imports.module.css'
import { Quarantine } from './Quarantine'

interface ImportViewProps {
  id?: string
  onOpen: (id: string | undefined) => void
}

const TONE: Record<string, Tone> = { detected: 'plain', previewed: 'blue', running: 'blue', done: 'green', failed: 'red' }
export const ACCEPT = '.csv,.xlsx,.xls,.txt,.tsv'
const MAX_FILES = 4

/** Order files of the channels on their way in: drop, look, run; and what was imported before. */
export function ImportView({ id, onOpen }: ImportViewProps) {
  const { t } = useTranslation()
  const upload = useAction({
    run: (files: File[], key) => {
      const form = new FormData()
      for (const file of files) form.append('files', file, file.name)
      return api.post('/imports', form, { key })
    },
    invalidates: [['imports']],
    onSuccess: (created) => onOpen(created.id),
  })
  if (id) return <ImportWizard id={id} onClose={() => onOpen(undefined)} />
  return (
    <Page title={t('imports.title')} hint={t('imports.hint')}>
      <Panel>
        <DropZone multiple accept={ACCEPT} disabled={upload.isPending} title={upload.isPending ? t('imports.uploading') : t('imports.drop')} hint={t('imports.drop_hint', { max: MAX_FILES })} onFiles={(files) => upload.mutate(files.slice(0, MAX_FILES))} />
        {upload.error ? <ErrorBox error={upload.error} /> : null}
      </Panel>
      <Quarantine />
      <History onOpen={onOpen} />
    </Page>
  )
}

function History({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const shops = useShops()
  const query = useQuery({
    queryKey: ['imports', 'list'],
    queryFn: ({ signal }) => api.get('/imports', { query: { limit: 50 }, signal }),
  })
  return (
    <Panel title={t('imports.history')} flush>
      <QueryState query={query}>
        {(list) => (
          <DataTable
            label={t('imports.history')}
            rows={list.items}
            rowKey={(i) => i.id}
            empty={<Empty title={t('imports.history_empty')} />}
            columns={[
              {
                key: 'files',
                title: t('imports.files'),
                render: (i) => i.files.map((f) => <div key={f.file_id}>{f.name} <span className={css.muted}>{formatBytes(f.size_bytes)}</span></div>),
              },
              {
                key: 'shop',
                title: t('imports.shop'),
                render: (i) => (
                  <>
                    {i.files[0]?.channel ? <ChannelBadge channel={i.files[0].channel} /> : null} {shops.find((s) => s.id === i.shop_id)?.name ?? ''}
                  </>
                ),
              },
              { key: 'state', title: t('imports.state_title'), render: (i) => <Tag tone={TONE[i.state] ?? 'plain'}>{t(`imports.state.${i.state}`)}</Tag> },
              { key: 'at', title: t('imports.at'), render: (i) => <Time at={i.created_at} /> },
              { key: 'open', title: '', align: 'right', render: (i) => <Button onClick={() => onOpen(i.id)}>{i.state === 'detected' || i.state === 'previewed' ? t('imports.continue') : t('imports.show')}</Button> },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  )
}
