import { useTranslation } from 'react-i18next'
import { useCan } from '@/lib/session'
import { Page, Panel } from '@/ui/Page'
import { SheetImport } from '@/ui/SheetImport'
import { Tabs } from '@/ui/Tabs'
import { Listings } from './Listings'
import { Products } from './Products'
import { Skus } from './Skus'

export type CatalogTab = 'listings' | 'products' | 'skus' | 'import'

interface CatalogViewProps {
  tab: CatalogTab
  q?: string
  /** Narrows the SKUs to one product. */
  productId?: string
  onChange: (next: { tab?: CatalogTab; q?: string; product_id?: string }) => void
}

/** Products and what the channels' listings stand for. */
export function CatalogView({ tab, q, productId, onChange }: CatalogViewProps) {
  const { t } = useTranslation()
  const mayEdit = useCan()('catalog.edit')
  return (
    <>
      <Tabs
        label={t('catalog.title')}
        value={tab}
        onChange={(next) => onChange({ tab: next })}
        items={(['listings', 'products', 'skus', 'import'] as const).filter((key) => key !== 'import' || mayEdit).map((key) => ({ key, label: t(`catalog.tab.${key}`) }))}
      />
      {tab === 'listings' ? <Listings q={q} onSearch={(text) => onChange({ tab, q: text })} /> : null}
      {tab === 'products' ? <Products q={q} onSearch={(text) => onChange({ tab, q: text })} onSkus={(id) => onChange({ tab: 'skus', product_id: id })} /> : null}
      {tab === 'skus' ? <Skus q={q} productId={productId} onSearch={(text) => onChange({ tab, q: text, product_id: productId })} onAll={() => onChange({ tab, q })} /> : null}
      {tab === 'import' && mayEdit ? (
        <Page title={t('catalog.tab.import')} hint={t('catalog.import_hint')}>
          <Panel>
            <SheetImport
              path="/catalog-imports"
              title={t('catalog.drop')}
              hint={t('catalog.drop_hint')}
              invalidates={[['skus'], ['products'], ['listings']]}
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
