import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api, apiUrl } from '@/lib/api/client'
import type { WaveSheet } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useWarehouses } from '@/lib/lookups'
import { usePersonName } from '@/lib/person'
import { useCan } from '@/lib/session'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { QueryState } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { Baskets } from './Baskets'
import { Counts } from './Counts'
import { Bar, CutOff, StateTag } from './parts'
import { People } from './People'
import { PickList } from './PickList'
import { leftOf, sumOf, WAVE_KEYS, waveQuery } from './queries'
import type { WaveSearch } from './search'
import css from './waves.module.css'

interface WaveViewProps {
  id: string
  search: WaveSearch
  onSearch: (next: WaveSearch) => void
}

/** One wave: its pick list, its baskets, who picked what, and how it ends. */
export function WaveView({ id, search, onSearch }: WaveViewProps) {
  const { t } = useTranslation()
  const query = useQuery({ ...waveQuery(id), placeholderData: undefined })
  if (!query.data) {
    return (
      <Page title={t('waves.wave')}>
        <QueryState query={query}>{() => null}</QueryState>
      </Page>
    )
  }
  return (
    <>
      {query.error ? <QueryState query={query}>{() => null}</QueryState> : null}
      <Sheet sheet={query.data} search={search} onSearch={onSearch} />
    </>
  )
}

function Sheet({ sheet, search, onSearch }: { sheet: WaveSheet; search: WaveSearch; onSearch: (next: WaveSearch) => void }) {
  const { t } = useTranslation()
  const person = usePersonName()
  const can = useCan()
  const [ending, setEnding] = useState<'close' | 'cancel' | null>(null)
  const warehouse = useWarehouses().find((w) => w.id === sheet.warehouse_id)?.name ?? ''
  const sum = sumOf(sheet)
  const live = sheet.ended_at === null
  const tab = search.tab ?? 'list'
  return (
    <Page
      title={t('waves.wave_title', { code: sheet.code })}
      hint={
        <>
          <StateTag state={sheet.state} /> <CutOff wave={sheet} /> {warehouse} {'\u00b7'} {t(`waves.content.${sheet.content}`)} {'\u00b7'} {t(`waves.mode.${sheet.mode}`)} {'\u00b7'} {t('waves.made_by', { name: person(sheet.made_by_name) })} <Time at={sheet.made_at} />
        </>
      }
      actions={
        <>
          <a className={css.linkButton} href={apiUrl(`/waves/${sheet.id}/pick-list.pdf`)} target="_blank" rel="noreferrer">
            {t('waves.print_list')}
          </a>
          {live && can('packing.pick') ? (
            <Link to="/pick/$id" params={{ id: sheet.id }} className={css.linkButton}>
              {t('waves.hand_held')}
            </Link>
          ) : null}
          {live && can('packing.wave') ? (
            <Button danger onClick={() => setEnding('cancel')}>
              {t('waves.cancel')}
            </Button>
          ) : null}
          {live && can('packing.pick') ? (
            <Button type="primary" disabled={leftOf(sum) > 0} title={leftOf(sum) > 0 ? t('waves.still_left', { count: leftOf(sum) }) : undefined} onClick={() => setEnding('close')}>
              {t('waves.close')}
            </Button>
          ) : null}
        </>
      }
    >
      <Panel>
        <div className={css.summary}>
          <dl className={css.numbers}>
            <div>
              <dt>{t('waves.numbers.orders')}</dt>
              <dd>{groupDigits(sum.orders)}</dd>
            </div>
            <div>
              <dt>{t('waves.numbers.pieces')}</dt>
              <dd>{groupDigits(sum.wanted)}</dd>
            </div>
            <div>
              <dt>{t('waves.numbers.left')}</dt>
              <dd>{groupDigits(leftOf(sum))}</dd>
            </div>
            <div>
              <dt>{t('waves.numbers.short')}</dt>
              <dd className={sum.short > 0 ? css.short : undefined}>{groupDigits(sum.short)}</dd>
            </div>
            <div>
              <dt>{t('waves.numbers.hits')}</dt>
              <dd className={sum.hits > 0 ? css.short : undefined}>{groupDigits(sum.hits)}</dd>
            </div>
          </dl>
          <Bar wave={sum} />
        </div>
      </Panel>
      {sum.hits > 0 ? <Hits sheet={sheet} /> : null}
      {sheet.counts.length > 0 ? <Counts sheet={sheet} /> : null}
      <Tabs
        label={t('waves.wave')}
        value={tab}
        onChange={(next) => onSearch({ tab: next })}
        items={[
          { key: 'list', label: t('waves.sheet.list'), count: sheet.stops.length },
          { key: 'baskets', label: t('waves.sheet.baskets'), count: sheet.baskets.length },
          { key: 'people', label: t('waves.people'), count: sheet.progress.length },
        ]}
      />
      {tab === 'list' ? <PickList sheet={sheet} live={live} /> : null}
      {tab === 'baskets' ? <Baskets sheet={sheet} live={live} /> : null}
      {tab === 'people' ? <People sheet={sheet} /> : null}
      {ending ? <EndDialog what={ending} sheet={sheet} sum={sum} onClose={() => setEnding(null)} /> : null}
    </Page>
  )
}

/** The baskets to pull out now, with their places. */
function Hits({ sheet }: { sheet: WaveSheet }) {
  const { t } = useTranslation()
  return (
    <section className={css.hitBox} role="alert" aria-label={t('waves.hits_title')}>
      <h2>{t('waves.hits_title')}</h2>
      <ul>
        {sheet.baskets
          .filter((b) => b.hit)
          .map((b) => (
            <li key={b.fulfillment_order_id}>
              <Tag tone="red">{t('waves.basket_n', { n: b.position })}</Tag> {b.orders.map((o) => o.channel_order_no).join(', ')} {b.hit?.message}
            </li>
          ))}
      </ul>
    </section>
  )
}

interface EndDialogProps {
  what: 'close' | 'cancel'
  sheet: WaveSheet
  sum: ReturnType<typeof sumOf>
  onClose: () => void
}

function EndDialog({ what, sheet, sum, onClose }: EndDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const client = useQueryClient()
  const short = sheet.baskets.filter((b) => b.left_reason === '' && b.short > 0)
  const end = useAction({
    run: (_: object, key) => api.post(`/waves/{id}/${what}` as const, undefined, { path: { id: sheet.id }, key }),
    invalidates: WAVE_KEYS,
    onSuccess: (wave) => {
      toast.ok(t(`waves.state_toast.${what}`, { code: wave.code }))
      onClose()
    },
    onError: () => void client.invalidateQueries({ queryKey: waveQuery(sheet.id).queryKey }),
  })
  return (
    <FormDialog
      title={t(`waves.end.${what}`, { code: sheet.code })}
      action={what === 'close' ? t('waves.end.close_action', { count: sum.orders - short.length }) : t('waves.end.cancel_action', { code: sheet.code, count: sum.orders })}
      danger={what === 'cancel'}
      valid
      saving={end.isPending}
      error={end.error}
      onSave={() => end.mutate({})}
      onClose={onClose}
    >
      {what === 'cancel' ? <p>{t('waves.end.cancel_text', { count: sum.orders, pieces: sum.picked })}</p> : null}
      {what === 'close' ? <p>{t('waves.end.close_text', { count: sum.orders - short.length })}</p> : null}
      {what === 'close' && short.length > 0 ? (
        <>
          <p className={css.short}>{t('waves.end.short_text', { count: short.length })}</p>
          <ul className={css.reasons}>
            {short.map((b) => (
              <li key={b.fulfillment_order_id}>
                {t('waves.basket_n', { n: b.position })} {b.orders.map((o) => o.channel_order_no).join(', ')} {'\u2013'} {t('waves.short_n', { count: b.short })}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {what === 'close' && sum.hits > 0 ? <p className={css.short}>{t('waves.end.hits_text', { count: sum.hits })}</p> : null}
    </FormDialog>
  )
}
