import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page, Panel } from '@/ui/Page'
import { Empty } from '@/ui/States'

/** Where a shop's after-sale cases are: the workbench holds those of every shop. */
export function Cases({ shopId, decides }: { shopId: string; decides: boolean }) {
  const { t } = useTranslation()
  return (
    <Page title={t('sync.tab.cases')} hint={decides ? undefined : t('sync.cases_read_only')}>
      <Panel>
        <Empty title={t('aftersales.moved_here')}>
          <Link to="/aftersales" search={{ shop_id: [shopId] }}>
            {t('aftersales.open_workbench')}
          </Link>
        </Empty>
      </Panel>
    </Page>
  )
}
