import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { EffectTable } from '@/ui/effects/EffectTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { EFFECT_STATES, type EffectState } from './search'
import css from './sync.module.css'

interface EffectsProps {
  /** All shops when absent. */
  shopId?: string
  state: EffectState | undefined
  onState: (state: EffectState | undefined) => void
}

/** What channels are told: shipments, notes, prices and the rest, by how it went. */
export function Effects({ shopId, state, onState }: EffectsProps) {
  const { t } = useTranslation()
  const list = useInfiniteQuery({
    queryKey: ['effects', shopId, state],
    queryFn: ({ pageParam, signal }) => api.get('/channel-effects', { query: { shop_id: shopId, state, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: 15_000,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page title={t('sync.tab.effects')} hint={t('sync.effects_hint')}>
      <Panel flush>
        <div className={css.bar} role="group" aria-label={t('effects.state_title')}>
          {[undefined, ...EFFECT_STATES].map((key) => (
            <button key={key ?? 'all'} type="button" className={css.chip} aria-pressed={state === key} onClick={() => onState(key)}>
              {key ? t(`effects.state.${key}`) : t('effects.state.all')}
            </button>
          ))}
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? <Skeleton /> : null}
        {list.data ? (
          <EffectTable
            label={t('sync.tab.effects')}
            rows={rows}
            without={shopId ? ['shop'] : []}
            empty={
              <Empty title={state ? t('effects.none_in_state', { state: t(`effects.state.${state}`) }) : t('effects.none')}>
                {state ? <Button onClick={() => onState(undefined)}>{t('common.reset')}</Button> : <p>{t('effects.none_hint')}</p>}
              </Empty>
            }
          />
        ) : null}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
    </Page>
  )
}
