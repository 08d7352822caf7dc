import { useQuery } from '@tanstack/react-query'
import { Button, InputNumber, Select } from 'antd'
import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from '@tanstack/react-router'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { WaveMade, WavePreview } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { carriersQuery, nameOf, useShops, useWarehouses } from '@/lib/lookups'
import { Page, Panel } from '@/ui/Page'
import { Pick } from '@/ui/Pick'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { choiceOf, MAX_ORDERS } from './choice'
import { WAVE_KEYS } from './queries'
import { Rules } from './Rules'
import { clockOf } from './parts'
import { CONTENTS, whole, type WavesSearch } from './search'
import css from './waves.module.css'

interface MakeWaveProps {
  search: WavesSearch
  onSearch: (next: WavesSearch) => void
  onMade: (id: string) => void
}

/** Chooses the fulfillment orders of a wave, with what it would be beside it, and makes it. */
export function MakeWave({ search, onSearch, onMade }: MakeWaveProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const warehouses = useWarehouses()
  const warehouse = search.warehouse_id ?? warehouses.find((w) => w.is_default)?.id ?? warehouses[0]?.id ?? ''
  // Taken once: a choice that changed with the clock would ask the server for ever.
  const [now] = useState(Date.now)
  const choice = useMemo(() => choiceOf(search, warehouse, now), [search, warehouse, now])
  const preview = useQuery({
    queryKey: ['waves', 'preview', choice],
    queryFn: ({ signal }) => api.post('/waves/preview', choice, { signal }),
    enabled: warehouse !== '',
    staleTime: 0,
  })
  const make = useAction({
    run: (body: { choice: typeof choice; mode?: 'while_picking' | 'after' }, key) => api.post('/waves', body, { key }),
    invalidates: WAVE_KEYS,
    onSuccess: (wave) => {
      toast.ok(t('waves.made_toast', { code: wave.code, count: wave.orders }))
      const known = new Set(preview.data?.refused.map((r) => r.fulfillment_order_id))
      const late = wave.left_out.filter((r) => !known.has(r.fulfillment_order_id))
      if (late.length === 0) onMade(wave.id)
      else setMade({ ...wave, left_out: late })
    },
    onError: () => void preview.refetch(),
  })
  // A wave that somebody came between says so before it is opened.
  const [made, setMade] = useState<WaveMade | null>(null)
  const orders = preview.data?.orders ?? 0
  const set = (change: Partial<WavesSearch>) => onSearch({ ...search, ...change })
  return (
    <Page
      title={t('waves.tab.make')}
      hint={t('waves.make_hint')}
      actions={
        <Button type="primary" disabled={orders === 0 || preview.isPlaceholderData} loading={make.isPending} onClick={() => make.mutate({ choice, mode: search.mode })}>
          {preview.data ? t('waves.make_n', { count: orders }) : t('waves.tab.make')}
        </Button>
      }
    >
      {make.error ? <ErrorBox error={make.error} /> : null}
      {made ? (
        <Refused
          title={t('waves.made_without', { code: made.code, n: made.orders, count: made.left_out.length })}
          refused={made.left_out}
          actions={
            <Button size="small" autoFocus onClick={() => onMade(made.id)}>
              {t('waves.open_wave', { code: made.code })}
            </Button>
          }
        />
      ) : null}
      <Rules search={search} onSearch={onSearch} />
      <div className={css.panes}>
        <Form search={search} set={set} warehouse={warehouse} preview={preview.data} onReset={() => onSearch({ tab: 'make', warehouse_id: search.warehouse_id })} />
        <div className={css.side}>
          <QueryState query={preview}>{(p) => <Preview preview={p} onStacks={() => set({ content: 'same', stack: '2' })} />}</QueryState>
        </div>
      </div>
    </Page>
  )
}

interface FormProps {
  search: WavesSearch
  set: (change: Partial<WavesSearch>) => void
  warehouse: string
  preview: WavePreview | undefined
  onReset: () => void
}

function Form({ search, set, warehouse, preview, onReset }: FormProps) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  const shops = useShops()
  const carriers = useQuery(carriersQuery).data
  const carrier = (code: string) => {
    const known = carriers?.find((c) => c.code === code)
    return known ? nameOf(known) : code || t('waves.no_carrier')
  }
  // Of more than are looked at, nobody knows how many fit.
  const said = (n: number) => groupDigits(n) + (preview?.more ? '+' : '')
  const count = (key: string) => preview && (preview.contents.find((b) => b.key === key)?.orders ?? 0)
  const counts: Record<string, number | undefined> = { any: preview?.waiting, single: count('single'), multi: count('multi'), same: preview?.stacks.reduce((n, b) => n + b.orders, 0) }
  const number = (key: 'orders' | 'pieces' | 'stack', placeholder: string, max?: number) => (
    <label className={css.field}>
      <span>{t(`waves.form.${key}`)}</span>
      <InputNumber aria-label={t(`waves.form.${key}`)} style={{ width: 140 }} precision={0} min={1} max={max} placeholder={placeholder} value={whole(search[key]) || null} onChange={(n) => set({ [key]: n ? String(n) : undefined })} />
    </label>
  )
  return (
    <Panel
      title={t('waves.form.title')}
      actions={
        <Button size="small" onClick={onReset}>
          {t('common.reset')}
        </Button>
      }
      className={css.form}
    >
      <div className={css.fields}>
        <label className={css.field}>
          <span>{t('waves.warehouse')}</span>
          <Select aria-label={t('waves.warehouse')} value={warehouse || undefined} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} onChange={(id: string) => set({ warehouse_id: id, carrier: undefined, province: undefined })} />
        </label>
        <fieldset className={css.field}>
          <legend>{t('waves.content_title')}</legend>
          <div className={css.choices}>
            {CONTENTS.map((content) => (
              <label key={content} className={(search.content ?? 'any') === content ? css.choiceOn : css.choice}>
                <input type="radio" name="content" checked={(search.content ?? 'any') === content} onChange={() => set({ content: content === 'any' ? undefined : content })} />
                {t(`waves.content.${content}`)}
                <small>{counts[content] === undefined ? '\u2013' : said(counts[content])}</small>
              </label>
            ))}
          </div>
          <small className={css.hint}>{t(`waves.content_hint.${search.content ?? 'any'}`)}</small>
        </fieldset>
        <fieldset className={css.field}>
          <legend>{t('waves.carrier')}</legend>
          <div className={css.choices}>
            {[{ key: '', orders: preview?.waiting }, ...(preview?.carriers.filter((b) => b.key !== '') ?? [])].map((b) => (
              <label key={b.key} className={(search.carrier ?? '') === b.key ? css.choiceOn : css.choice}>
                <input type="radio" name="carrier" checked={(search.carrier ?? '') === b.key} onChange={() => set({ carrier: b.key || undefined })} />
                {b.key === '' ? t('waves.every_carrier') : carrier(b.key)}
                <small>{b.orders === undefined ? '\u2013' : said(b.orders)}</small>
              </label>
            ))}
          </div>
        </fieldset>
        {preview?.cut_offs.some((b) => b.cut_off_at !== null) ? (
          <fieldset className={css.field}>
            <legend>{t('waves.cut_off')}</legend>
            <div className={css.choices}>
              {['', ...new Set(preview.cut_offs.flatMap((b) => (b.cut_off_at ? [clockOf(b.cut_off_at)] : [])))].map((clock) => (
                <label key={clock} className={(search.cut ?? '') === clock ? css.choiceOn : css.choice}>
                  <input type="radio" name="cut" checked={(search.cut ?? '') === clock} onChange={() => set({ cut: clock || undefined })} />
                  {clock === '' ? t('waves.every_cut_off') : t('waves.until', { at: clock })}
                  <small>{said(clock === '' ? preview.waiting : preview.cut_offs.reduce((n, b) => (b.cut_off_at && clockOf(b.cut_off_at) === clock ? n + b.orders : n), 0))}</small>
                </label>
              ))}
            </div>
          </fieldset>
        ) : null}
        <div className={css.pair}>
          <div className={css.field}>
            <span>{t('waves.province')}</span>
            <Pick
              label={t('waves.every_province')}
              options={(preview?.provinces ?? []).filter((b) => b.key !== '').map((b) => ({ value: b.key, label: `${b.key} ${said(b.orders)}` }))}
              value={search.province ?? []}
              onChange={(province) => set({ province: province.length > 0 ? province : undefined })}
            />
          </div>
          <label className={css.field}>
            <span>{t('waves.zone')}</span>
            <Select
              allowClear
              aria-label={t('waves.zone')}
              style={{ width: 140 }}
              placeholder={t('waves.every_zone')}
              value={search.zone}
              options={(preview?.zones ?? []).filter((b) => b.key !== '').map((b) => ({ value: b.key, label: `${b.key} ${said(b.orders)}` }))}
              onChange={(zone?: string) => set({ zone })}
            />
          </label>
          <div className={css.field}>
            <span>{t('waves.shop')}</span>
            <Pick label={t('waves.every_shop')} options={shops.map((s) => ({ value: s.id, label: s.name }))} value={search.shop_id ?? []} onChange={(ids) => set({ shop_id: ids.length > 0 ? ids : undefined })} />
          </div>
        </div>
        <div className={css.pair}>
          <label className={css.field}>
            <span>{t('waves.form.due')}</span>
            <Select
              aria-label={t('waves.form.due')}
              style={{ width: 180 }}
              value={search.due ?? ''}
              options={(['', 'today', 'tomorrow'] as const).map((due) => ({ value: due, label: t(`waves.due.${due || 'any'}`) }))}
              onChange={(due: '' | 'today' | 'tomorrow') => set({ due: due || undefined })}
            />
          </label>
          <label className={css.check}>
            <input type="checkbox" checked={search.urgent ?? false} onChange={(e) => set({ urgent: e.target.checked || undefined })} />
            {t('waves.form.urgent')}
          </label>
        </div>
        <div className={css.pair}>
          {number('orders', '60', MAX_ORDERS)}
          {number('pieces', t('waves.form.unbounded'))}
          {search.content === 'same' ? number('stack', '5') : null}
        </div>
        <label className={css.field}>
          <span>{t('waves.form.mode')}</span>
          <Select
            aria-label={t('waves.form.mode')}
            style={{ width: 420, maxWidth: '100%' }}
            value={search.mode ?? ''}
            options={(['', 'while_picking', 'after'] as const).map((mode) => ({ value: mode, label: mode ? t(`waves.mode.${mode}`) : t('waves.form.mode_auto') }))}
            onChange={(mode: '' | 'while_picking' | 'after') => set({ mode: mode || undefined })}
          />
        </label>
      </div>
    </Panel>
  )
}

function Preview({ preview, onStacks }: { preview: WavePreview; onStacks: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Panel title={t('waves.preview')}>
        {preview.orders === 0 ? (
          <Empty title={preview.waiting === 0 ? t('waves.nothing_waits') : t('waves.nothing_fits', { count: preview.waiting })}>
            {preview.waiting === 0 ? <Link to="/orders" search={{ tab: 'awaiting_shipment' }}>{t('waves.see_orders')}</Link> : null}
          </Empty>
        ) : (
          <dl className={css.numbers}>
            {(['orders', 'pieces', 'skus'] as const).map((key) => (
              <div key={key}>
                <dt>{t(`waves.numbers.${key}`)}</dt>
                <dd>{groupDigits(preview[key])}</dd>
              </div>
            ))}
            <div>
              <dt>{t('waves.numbers.waiting')}</dt>
              <dd>
                {groupDigits(preview.waiting)}
                {preview.more ? '+' : ''}
              </dd>
            </div>
          </dl>
        )}
        {preview.more ? <p className={css.hint}>{t('waves.more_waiting')}</p> : null}
      </Panel>
      {preview.refused.length > 0 ? <Refused title={t('waves.skipped', { count: preview.refused.length })} refused={preview.refused} /> : null}
      {preview.stacks.length > 0 ? (
        <Panel
          flush
          title={t('waves.stacks')}
          note={t('waves.stacks_hint')}
          actions={
            <Button size="small" onClick={onStacks}>
              {t('waves.only_stacks')}
            </Button>
          }
        >
          <ul className={css.stacks}>
            {preview.stacks.map((b) => (
              <li key={b.key}>
                <strong>{t('waves.orders', { count: b.orders })}</strong>
                <span>{b.goods.map((g) => `${g.sku_code} \u00d7${g.quantity}`).join(' \u00b7 ')}</span>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
    </>
  )
}

/** What stays out of the wave, by reason. */
function Refused({ title, refused, actions }: { title: string; refused: WavePreview['refused']; actions?: ReactNode }) {
  const byCode = new Map<string, typeof refused>()
  for (const r of refused) {
    const code = r.error?.code ?? ''
    byCode.set(code, [...(byCode.get(code) ?? []), r])
  }
  return (
    <Panel title={title} actions={actions}>
      <ul className={css.reasons}>
        {[...byCode].map(([code, all]) => (
          <li key={code}>
            <details>
              <summary>
                {all[0]?.error?.message ?? code} <strong>{'\u00d7'}{all.length}</strong>
              </summary>
              <ul>
                {all.slice(0, 50).map((r) => (
                  <li key={r.fulfillment_order_id}>
                    {r.order_no} {r.error?.message}
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
