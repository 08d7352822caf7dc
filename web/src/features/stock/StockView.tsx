import { useTranslation } from 'react-i18next'
import { useCan } from '@/lib/session'
import { Page, Panel } from '@/ui/Page'
import { SheetImport } from '@/ui/SheetImport'
import { Tabs } from '@/ui/Tabs'
import { Balances } from './Balances'
import { Locations } from './Locations'
import { Movements } from './Movements'
import type { StockSearch } from './search'

interface StockViewProps {
  search: StockSearch
  onSearch: (next: StockSearch) => void
}

/** Stock per warehouse, every movement that made it, and opening stock by file. */
export function StockView({ search, onSearch }: StockViewProps) {
  const { t } = useTranslation()
  const mayAdjust = useCan()('inventory.adjust')
  const tab = search.tab ?? 'balances'
  return (
    <>
      <Tabs
        label={t('stock.title')}
        value={tab}
        onChange={(next) => onSearch({ tab: next })}
        items={(['balances', 'movements', 'locations', 'import'] as const).filter((key) => key !== 'import' || mayAdjust).map((key) => ({ key, label: t(`stock.tab.${key}`) }))}
      />
      {tab === 'balances' ? <Balances search={search} onSearch={onSearch} /> : null}
      {tab === 'movements' ? <Movements skuId={search.sku_id} warehouseId={search.warehouse_id} onSearch={onSearch} /> : null}
      {tab === 'locations' ? <Locations search={search} onSearch={onSearch} /> : null}
      {tab === 'import' && mayAdjust ? (
        <Page title={t('stock.tab.import')} hint={t('stock.import_hint')}>
          <Panel>
            <SheetImport
              path="/stock-imports"
              title={t('stock.drop')}
              hint={t('stock.drop_hint')}
              invalidates={[['stock'], ['orders'], ['home']]}
              fields={[
                { key: 'sku_code', label: t('stock.sku_code'), required: true },
                { key: 'warehouse', label: t('stock.warehouse') },
                { key: 'quantity', label: t('stock.quantity'), required: true },
                { key: 'cost', label: t('stock.cost') },
              ]}
            />
          </Panel>
        </Page>
      ) : null}
    </>
  )
}
