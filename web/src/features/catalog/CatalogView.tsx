import { useTranslation } from 'react-i18next'
import { Page, Panel } from '@/ui/Page'
import { SheetImport } from '@/ui/SheetImport'
import { Tabs } from '@/ui/Tabs'
import { Listings } from './Listings'
import { Skus } from './Skus'

export type CatalogTab = 'listings' | 'skus' | 'import'

interface CatalogViewProps {
  tab: CatalogTab
  q?: string
  onChange: (next: { tab?: CatalogTab; q?: string }) => void
}

/** Products and what the channels' listings stand for. */
export function CatalogView({ tab, q, onChange }: CatalogViewProps) {
  const { t } = useTranslation()
  return (
    <>
      <Tabs
        label={t('catalog.title')}
        value={tab}
        onChange={(next) => onChange({ tab: next })}
        items={(['listings', 'skus', 'import'] as const).map((key) => ({ key, label: t(`catalog.tab.${key}`) }))}
      />
      {tab === 'listings' ? <Listings q={q} onSearch={(text) => onChange({ tab, q: text })} /> : null}
      {tab === 'skus' ? <Skus q={q} onSearch={(text) => onChange({ tab, q: text })} /> : null}
      {tab === 'import' ? (
        <Page title={t('catalog.tab.import')} hint={t('catalog.import_hint')}>
          <Panel>
            <SheetImport
              path="/catalog-imports"
              title={t('catalog.drop')}
              hint={t('catalog.drop_hint')}
              invalidates={[['skus'], ['listings']]}
              fields={[
                { key: 'sku_code', label: t('catalog.sku_code'), required: true },
                { key: 'product_name', label: t('catalog.product_name') },
                { key: 'spec', label: t('catalog.spec') },
                { key: 'barcode', label: t('catalog.barcode') },
                { key: 'cost', label: t('catalog.cost') },
                { key: 'weight', label: t('catalog.weight') },
              ]}
            />
          </Panel>
        </Page>
      ) : null}
    </>
  )
}
