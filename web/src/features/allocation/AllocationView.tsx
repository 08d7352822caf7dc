import { useTranslation } from 'react-i18next'
import { useMayOpen } from '@/lib/access'
import { Tabs } from '@/ui/Tabs'
import { PreviewTab } from './PreviewTab'
import { Rules } from './Rules'
import { ALLOCATION_TABS, type AllocationSearch } from './search'
import { Sites } from './Sites'

interface AllocationViewProps {
  search: AllocationSearch
  onSearch: (next: AllocationSearch) => void
}

/** From which warehouse an order leaves: the rules, where each warehouse ships to, and what that does with the orders there are. */
export function AllocationView({ search, onSearch }: AllocationViewProps) {
  const { t } = useTranslation()
  const mayOpen = useMayOpen()
  const tab = search.tab ?? 'rules'
  return (
    <>
      <Tabs label={t('allocation.title')} value={tab} onChange={(next) => onSearch({ tab: next })} items={ALLOCATION_TABS.filter((key) => mayOpen(`/settings/allocation?tab=${key}`)).map((key) => ({ key, label: t(`allocation.tab.${key}`) }))} />
      {tab === 'rules' ? <Rules onTry={() => onSearch({ tab: 'preview' })} /> : null}
      {tab === 'sites' ? <Sites /> : null}
      {tab === 'preview' ? <PreviewTab search={search} onSearch={onSearch} /> : null}
    </>
  )
}
