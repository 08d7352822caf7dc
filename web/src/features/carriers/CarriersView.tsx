import { useTranslation } from 'react-i18next'
import { Tabs } from '@/ui/Tabs'
import { Accounts } from './Accounts'
import { Prices } from './Prices'
import { Rules } from './Rules'
import { CARRIER_TABS, type CarrierSearch } from './search'
import { Suspensions } from './Suspensions'
import { Uses } from './Uses'
import { Waybills } from './Waybills'

interface CarriersViewProps {
  search: CarrierSearch
  onSearch: (next: CarrierSearch) => void
}

/** Everything about those who carry the parcels: contracts, what they charge, which is chosen, where nobody goes, and the numbers. */
export function CarriersView({ search, onSearch }: CarriersViewProps) {
  const { t } = useTranslation()
  const tab = search.tab ?? 'accounts'
  return (
    <>
      <Tabs label={t('carriers.title')} value={tab} onChange={(next) => onSearch({ tab: next })} items={CARRIER_TABS.map((key) => ({ key, label: t(`carriers.tab.${key}`) }))} />
      {tab === 'accounts' ? <Accounts search={search} onSearch={onSearch} /> : null}
      {tab === 'prices' ? <Prices search={search} onSearch={onSearch} /> : null}
      {tab === 'rules' ? <Rules /> : null}
      {tab === 'suspensions' ? <Suspensions /> : null}
      {tab === 'waybills' ? <Waybills search={search} onSearch={onSearch} /> : null}
      {tab === 'uses' ? <Uses search={search} onSearch={onSearch} /> : null}
    </>
  )
}
