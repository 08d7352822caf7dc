import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useShops } from '@/lib/lookups'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'

/** Where a channel sends a person back to: takes the code at once and says how it went. */
export function Authorise({ state, code }: { state?: string; code?: string }) {
  const { t } = useTranslation()
  const shops = useShops()
  const finish = useAction({
    run: (body: { state: string; code: string }, key) => api.post('/consents', body, { key }),
    invalidates: [['sync'], ['shops']],
  })
  const sent = useRef(false)
  const { mutate } = finish
  useEffect(() => {
    // A code is good for one exchange.
    if (sent.current || !state || !code) return
    sent.current = true
    mutate({ state, code })
  }, [state, code, mutate])
  const done = finish.data
  return (
    <Page title={t('sync.authorise')}>
      <Panel>
        {!state || !code ? (
          <Empty title={t('sync.came_back_empty')}>
            <Link to="/sync">{t('sync.title')}</Link>
          </Empty>
        ) : null}
        {finish.isPending ? <Skeleton rows={2} /> : null}
        {finish.error ? (
          <>
            <ErrorBox error={finish.error} />
            <Link to="/sync">{t('sync.title')}</Link>
          </>
        ) : null}
        {done ? (
          <Empty title={t('sync.authorised_shop', { shop: shops.find((s) => s.id === done.shop_id)?.name ?? '' })}>
            <Link to="/sync/$id" params={{ id: done.shop_id }}>
              {t('sync.to_shop')}
            </Link>
          </Empty>
        ) : null}
      </Panel>
    </Page>
  )
}
