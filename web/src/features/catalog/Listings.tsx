import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Listing } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { ScrollBox } from '@/ui/ScrollBox'
import { Empty, ErrorBox, QueryState, Skeleton } from '@/ui/States'
import { ChannelBadge } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import css from './catalog.module.css'
import { SkuSelect } from '@/ui/SkuSelect'

const STALE = [['listings'], ['skus'], ['orders'], ['stock'], ['home']]

/** The channels' listings and which SKU each stands for; what nobody mapped yet comes first. */
export function Listings({ q, onSearch }: { q?: string; onSearch: (q: string | undefined) => void }) {
  const { t } = useTranslation()
  const shops = useShops()
  const mayEdit = useCan()('catalog.edit')
  const [mapped, setMapped] = useState<'false' | 'true'>('false')
  const [shop, setShop] = useState<string>()
  const [proposing, setProposing] = useState(false)
  const list = useInfiniteQuery({
    queryKey: ['listings', mapped, shop, q],
    queryFn: ({ pageParam, signal }) => api.get('/listings', { query: { mapped, shop_id: shop, q, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page
      title={t('catalog.tab.listings')}
      hint={t('catalog.listings_hint')}
      actions={
        mayEdit ? (
          <Button type="primary" onClick={() => setProposing(true)}>
            {t('catalog.propose')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <div className={css.bar}>
          <Select style={{ width: 130 }} aria-label={t('catalog.mapping_state')} value={mapped} options={(['false', 'true'] as const).map((v) => ({ value: v, label: t(`catalog.mapped_${v}`) }))} onChange={setMapped} />
          <Select allowClear style={{ width: 180 }} aria-label={t('catalog.shop')} placeholder={t('catalog.shop')} value={shop} options={shops.map((s) => ({ value: s.id, label: s.name }))} onChange={setShop} />
          <Input.Search style={{ width: 240 }} allowClear defaultValue={q} aria-label={t('catalog.search_listings')} placeholder={t('catalog.search_listings')} onSearch={(text) => onSearch(text.trim() || undefined)} />
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : (
          <DataTable
            label={t('catalog.tab.listings')}
            rows={rows}
            rowKey={(l) => l.id}
            empty={<Empty title={mapped === 'false' ? t('catalog.all_mapped') : t('catalog.none_mapped')} />}
            columns={[
              {
                key: 'shop',
                title: t('catalog.shop'),
                render: (l) => {
                  const s = shops.find((x) => x.id === l.shop_id)
                  return s ? (
                    <>
                      <ChannelBadge channel={s.channel} /> {s.name}
                    </>
                  ) : null
                },
              },
              {
                key: 'title',
                title: t('catalog.listing'),
                render: (l) => (
                  <>
                    {l.title}
                    <div className={css.muted}>{l.spec}</div>
                  </>
                ),
              },
              { key: 'code', title: t('catalog.merchant_sku_code'), render: (l) => l.merchant_sku_code || '\u2013' },
              { key: 'sku', title: t('catalog.sku'), width: 320, render: (l) => <MapCell key={l.id} listing={l} /> },
            ]}
          />
        )}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {proposing ? <Proposals onClose={() => setProposing(false)} /> : null}
    </Page>
  )
}

/** Chooses the SKU of one listing; the server counts it as mapped by hand. */
function MapCell({ listing }: { listing: Listing }) {
  const { t } = useTranslation()
  const toast = useToast()
  const mayEdit = useCan()('catalog.edit')
  const [editing, setEditing] = useState(!isId(listing.sku_id))
  const map = useAction({
    run: (sku_id: string, key) => api.post('/listings/{id}/map', { sku_id }, { path: { id: listing.id }, key }),
    invalidates: STALE,
    onSuccess: () => {
      setEditing(false)
      toast.ok(t('catalog.mapped_ok'))
    },
    onError: toast.bad,
  })
  if (!mayEdit) return <>{listing.sku_code || '\u2013'}</>
  if (!editing && isId(listing.sku_id)) {
    return (
      <>
        <strong>{listing.sku_code}</strong> <span className={css.muted}>{t(`catalog.mapped_by.${listing.mapped_by}`, { defaultValue: listing.mapped_by })}</span>{' '}
        <button type="button" className={css.link} onClick={() => setEditing(true)}>
          {t('common.edit')}
        </button>
      </>
    )
  }
  return <SkuSelect label={t('catalog.find_sku_for', { title: listing.title })} loading={map.isPending} onPick={(sku) => map.mutate(sku.id)} />
}

/** SKUs that the codes in the orders suggest, to be created and mapped in one go. */
function Proposals({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const query = useQuery({
    queryKey: ['listings', 'proposals'],
    queryFn: ({ signal }) => api.get('/listings/proposals', { query: { limit: 200 }, signal }),
    staleTime: 0,
  })
  const accept = useAction({
    run: (body: object, key) => api.post('/listings/accept-proposals', body, { key }),
    invalidates: STALE,
    onSuccess: (out) => {
      toast.ok(t('catalog.accepted', { skus: out.skus, mapped: out.mapped }))
      if (!out.left) onClose()
    },
  })
  const items = query.data?.items ?? []
  const chosen = items.filter((p) => !left.has(p.sku_code))
  const everything = left.size === 0
  return (
    <Modal
      open
      width={720}
      title={t('catalog.proposals')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={chosen.length === 0} loading={accept.isPending} onClick={() => accept.mutate(everything ? { all: true } : { codes: chosen.map((p) => p.sku_code) })}>
            {everything && query.data?.next_cursor ? t('catalog.accept_all') : t('catalog.accept', { count: chosen.length })}
          </Button>
        </>
      }
    >
      <p className={css.muted}>{t('catalog.proposals_hint')}</p>
      {accept.error ? <ErrorBox error={accept.error} /> : null}
      <QueryState query={query}>
        {() => (
          <ScrollBox label={t('catalog.proposals')} className={css.scroll}>
            <DataTable
              label={t('catalog.proposals')}
              rows={items}
              rowKey={(p) => p.sku_code}
              empty={<Empty title={t('catalog.no_proposals')} />}
              columns={[
                {
                  key: 'on',
                  title: '',
                  width: 36,
                  render: (p) => (
                    <input
                      type="checkbox"
                      checked={!left.has(p.sku_code)}
                      aria-label={t('catalog.choose', { code: p.sku_code })}
                      onChange={(e) => {
                        const next = new Set(left)
                        if (e.target.checked) next.delete(p.sku_code)
                        else next.add(p.sku_code)
                        setLeft(next)
                      }}
                    />
                  ),
                },
                { key: 'code', title: t('catalog.sku_code'), render: (p) => <strong>{p.sku_code}</strong> },
                { key: 'name', title: t('catalog.product_name'), render: (p) => `${p.title} ${p.spec}` },
                { key: 'n', title: t('catalog.listings'), align: 'right', render: (p) => p.listing_ids.length },
              ]}
            />
          </ScrollBox>
        )}
      </QueryState>
    </Modal>
  )
}
