import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, InputNumber, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Shop, ShopShare, StockLevel, StockOffer, StockPlan } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable, type Column } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { SkuSelect } from '@/ui/SkuSelect'
import { Empty, ErrorBox, QueryState, Skeleton } from '@/ui/States'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import css from './sync.module.css'

const MODES = ['off', 'shared', 'quota'] as const

/** How much of the stock a shop shows, what that would be, its own pieces, and what the channel was told. */
export function StockPush({ shop }: { shop: Shop }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['sync', 'plan', shop.id],
    queryFn: ({ signal }) => api.get('/shops/{id}/stock-plan', { path: { id: shop.id }, signal }),
  })
  return (
    <Page title={t('sync.tab.stock')} hint={t('sync.stock_hint')}>
      <QueryState query={query}>{(plan) => <Plan key={plan.version} shop={shop} plan={plan} />}</QueryState>
      <Shares shop={shop} />
      <Levels shopId={shop.id} />
    </Page>
  )
}

function Plan({ shop, plan }: { shop: Shop; plan: StockPlan }) {
  const { t } = useTranslation()
  const toast = useToast()
  const warehouses = useWarehouses().filter((w) => w.active)
  const mayEdit = useCan()('channel.edit')
  const [draft, setDraft] = useState({ mode: plan.mode, ratio: plan.ratio_percent || 100, buffer: plan.buffer, warehouse: isId(plan.warehouse_id) ? plan.warehouse_id : undefined })
  const set = (patch: Partial<typeof draft>) => setDraft({ ...draft, ...patch })
  const body = defined({ mode: draft.mode, ratio_percent: draft.ratio, buffer: draft.buffer, warehouse_id: draft.warehouse })
  const save = useAction({
    run: (input: object, key) => api.put('/shops/{id}/stock-plan', input, { path: { id: shop.id }, key }),
    invalidates: [['sync']],
    onSuccess: () => toast.ok(t('sync.plan_saved')),
  })
  return (
    <Panel title={t('sync.plan')}>
      <div className={css.stack}>
        <form
          className={css.form}
          onSubmit={(e) => {
            e.preventDefault()
            if (!save.isPending) save.mutate(body)
          }}
        >
          <Radio.Group value={draft.mode} disabled={!mayEdit} onChange={(e) => set({ mode: e.target.value })} options={MODES.map((m) => ({ value: m, label: t(`sync.mode.${m}`) }))} />
          <p className={css.muted}>{t(`sync.mode_hint.${draft.mode}`)}</p>
          {draft.mode === 'off' ? null : (
            <div className={css.two}>
              <Field label={t('sync.ratio')} hint={t('sync.ratio_hint')}>
                <InputNumber min={0} max={100} precision={0} disabled={!mayEdit} suffix="%" aria-label={t('sync.ratio')} value={draft.ratio} onChange={(n) => set({ ratio: n ?? 100 })} style={{ width: '100%' }} />
              </Field>
              <Field label={t('sync.buffer')} hint={t('sync.buffer_hint')}>
                <InputNumber min={0} max={1_000_000} precision={0} disabled={!mayEdit} aria-label={t('sync.buffer')} value={draft.buffer} onChange={(n) => set({ buffer: n ?? 0 })} style={{ width: '100%' }} />
              </Field>
              <Field label={t('sync.plan_warehouse')}>
                <Select allowClear disabled={!mayEdit} placeholder={t('sync.plan_warehouse_default')} aria-label={t('sync.plan_warehouse')} value={draft.warehouse} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={(warehouse?: string) => set({ warehouse })} />
              </Field>
            </div>
          )}
          {save.error ? <ErrorBox error={save.error} /> : null}
          {mayEdit ? (
            <div className={css.row}>
              <Button type="primary" htmlType="submit" loading={save.isPending}>
                {t('common.save')}
              </Button>
            </div>
          ) : null}
        </form>
        {draft.mode === 'off' ? null : <Preview shopId={shop.id} body={body} />}
      </div>
    </Panel>
  )
}

function Goods({ row }: { row: { sku_code: string; sku_name: string; title: string; spec: string } }) {
  return (
    <span className={css.lines}>
      <strong>{row.sku_code || row.title || '\u2013'}</strong>
      <span className={css.muted}>{[row.title || row.sku_name, row.spec].filter(Boolean).join(' \u00b7 ')}</span>
    </span>
  )
}

/** What the draft would show, before it is saved. */
function Preview({ shopId, body }: { shopId: string; body: object }) {
  const { t } = useTranslation()
  const list = useInfiniteQuery({
    queryKey: ['sync', 'preview', shopId, body],
    queryFn: ({ pageParam, signal }) => api.post('/shops/{id}/stock-plan/preview', body, { path: { id: shopId }, query: { limit: 20, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    placeholderData: (before) => before,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const columns: Column<StockOffer>[] = [
    { key: 'goods', title: t('sync.goods'), render: (o) => <Goods row={o} /> },
    { key: 'available', title: t('sync.available'), align: 'right', render: (o) => groupDigits(o.available) },
    { key: 'held', title: t('sync.held'), align: 'right', render: (o) => groupDigits(o.held) },
    { key: 'quota', title: t('sync.quota'), align: 'right', render: (o) => (o.quota < 0 ? '\u2013' : groupDigits(o.quota)) },
    { key: 'suggested', title: t('sync.suggested'), align: 'right', render: (o) => groupDigits(o.suggested_buffer) },
    { key: 'wanted', title: t('sync.wanted'), align: 'right', render: (o) => <strong>{groupDigits(o.wanted)}</strong> },
  ]
  return (
    <section className={css.stack} aria-busy={list.isPlaceholderData}>
      <h3>{t('sync.preview')}</h3>
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton rows={3} /> : null}
      {list.data ? <DataTable label={t('sync.preview')} rows={rows} rowKey={(o) => o.listing_id} empty={<Empty title={t('sync.no_listings')} />} columns={columns} rowTone={(o) => (o.suggested_buffer > 0 && o.available - o.wanted < o.suggested_buffer ? 'warn' : undefined)} /> : null}
      {list.hasNextPage ? (
        <div className={css.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      ) : null}
    </section>
  )
}

/** Pieces that only this shop may sell. */
function Shares({ shop }: { shop: Shop }) {
  const { t } = useTranslation()
  const mayEdit = useCan()('channel.edit')
  const [editing, setEditing] = useState<ShopShare | 'new' | null>(null)
  const list = useInfiniteQuery({
    queryKey: ['sync', 'shares', shop.id],
    queryFn: ({ pageParam, signal }) => api.get('/shops/{id}/stock-shares', { path: { id: shop.id }, query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  return (
    <Panel title={t('sync.shares')} note={t('sync.shares_note')} flush actions={mayEdit ? <Button onClick={() => setEditing('new')}>{t('sync.share_new')}</Button> : null}>
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton rows={2} /> : null}
      {list.data ? (
        <DataTable
          label={t('sync.shares')}
          rows={list.data.pages.flatMap((p) => p.items)}
          rowKey={(s) => s.sku_id}
          empty={<Empty title={t('sync.no_shares')} />}
          columns={[
            { key: 'sku', title: t('sync.goods'), render: (s) => <strong>{`${s.sku_code} ${s.sku_name}`.trim()}</strong> },
            { key: 'quota', title: t('sync.quota'), align: 'right', render: (s) => groupDigits(s.quota) },
            { key: 'act', title: '', align: 'right', render: (s) => (mayEdit ? <Button onClick={() => setEditing(s)}>{t('common.edit')}</Button> : null) },
          ]}
        />
      ) : null}
      {list.hasNextPage ? (
        <div className={css.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      ) : null}
      {editing ? <ShareDialog shop={shop} share={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Panel>
  )
}

function ShareDialog({ shop, share, onClose }: { shop: Shop; share: ShopShare | null; onClose: () => void }) {
  const { t } = useTranslation()
  const [sku, setSku] = useState(share ? { id: share.sku_id, name: `${share.sku_code} ${share.sku_name}` } : null)
  const [quota, setQuota] = useState<number | null>(share?.quota ?? null)
  const save = useAction({
    run: (body: { shares: { sku_id: string; shop_id: string; quota: number }[] }, key) => api.put('/stock-shares', body, { key }),
    invalidates: [['sync']],
    onSuccess: onClose,
  })
  return (
    <FormDialog title={share ? t('sync.share_edit') : t('sync.share_new')} valid={sku !== null && quota !== null} saving={save.isPending} error={save.error} onSave={() => sku && quota !== null && save.mutate({ shares: [{ sku_id: sku.id, shop_id: shop.id, quota }] })} onClose={onClose}>
      {sku ? <strong>{sku.name}</strong> : <SkuSelect label={t('sync.goods')} onPick={(s) => setSku({ id: s.id, name: `${s.code} ${s.name}` })} />}
      <Field label={t('sync.quota')} hint={t('sync.share_hint')}>
        <InputNumber min={0} max={1_000_000_000} precision={0} aria-label={t('sync.quota')} value={quota} onChange={setQuota} style={{ width: 160 }} />
      </Field>
    </FormDialog>
  )
}

/** What the channel was told of each listing. */
function Levels({ shopId }: { shopId: string }) {
  const { t } = useTranslation()
  const list = useInfiniteQuery({
    queryKey: ['sync', 'levels', shopId],
    queryFn: ({ pageParam, signal }) => api.get('/shops/{id}/stock-levels', { path: { id: shopId }, query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: 15_000,
  })
  const columns: Column<StockLevel>[] = [
    { key: 'goods', title: t('sync.goods'), render: (l) => <Goods row={l} /> },
    { key: 'wanted', title: t('sync.wanted'), align: 'right', render: (l) => groupDigits(l.wanted) },
    { key: 'pushed', title: t('sync.pushed'), align: 'right', render: (l) => (l.pushed < 0 ? '\u2013' : groupDigits(l.pushed)) },
    { key: 'at', title: t('sync.pushed_at'), render: (l) => <Time at={l.pushed_at} /> },
    {
      key: 'since',
      title: t('sync.differs_since'),
      render: (l) => (l.changed_at ? <Time at={l.changed_at} /> : <span className={css.muted}>{t('sync.in_step')}</span>),
    },
    { key: 'error', title: t('sync.last_error'), render: (l) => (l.error_message ? <span className={css.bad}>{l.error_message}</span> : <span className={css.muted}>{t('common.none')}</span>) },
  ]
  return (
    <Panel title={t('sync.levels')} note={t('sync.levels_note')} flush>
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton rows={3} /> : null}
      {list.data ? <DataTable label={t('sync.levels')} rows={list.data.pages.flatMap((p) => p.items)} rowKey={(l) => l.listing_id} rowTone={(l) => (l.error_code ? 'bad' : undefined)} empty={<Empty title={t('sync.no_levels')} />} columns={columns} /> : null}
      {list.hasNextPage ? (
        <div className={css.more}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      ) : null}
    </Panel>
  )
}
