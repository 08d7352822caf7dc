import { useTranslation } from 'react-i18next'
import { Page, Panel } from '@/ui/Page'
import { Tabs } from '@/ui/Tabs'
import { ShipByFile } from './ShipByFile'
import { Templates } from './Templates'

export type ShipTab = 'file' | 'templates'

interface ShipViewProps {
  tab: ShipTab
  onTab: (tab: ShipTab) => void
}

/** Shipping in bulk: a tracking file in, each channel's batch-ship file out. */
export function ShipView({ tab, onTab }: ShipViewProps) {
  const { t } = useTranslation()
  return (
    <>
      <Tabs
        label={t('ship.title')}
        value={tab}
        onChange={onTab}
        items={[
          { key: 'file', label: t('ship.tab_file') },
          { key: 'templates', label: t('ship.tab_templates') },
        ]}
      />
      {tab === 'file' ? (
        <Page title={t('ship.tab_file')} hint={t('ship.file_hint')}>
          <Panel>
            <ShipByFile onTemplates={() => onTab('templates')} />
          </Panel>
        </Page>
      ) : (
        <Page title={t('ship.tab_templates')} hint={t('ship.templates_hint')}>
          <Panel flush>
            <Templates />
          </Panel>
        </Page>
      )}
    </>
  )
}
