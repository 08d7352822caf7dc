import { useQuery, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import type { WaveRow } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useWarehouses } from '@/lib/lookups'
import { usePersonName } from '@/lib/person'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { Tag } from '@/ui/Tag'
import { TextBox } from '@/ui/TextBox'
import { Time } from '@/ui/Time'
import { MakeWave } from './MakeWave'
import { CutOffs } from './CutOffs'
import { Bar, CutOff, StateTag } from './parts'
import type { WavesSearch } from './search'
import css from './waves.module.css'

interface WavesViewProps {
  search: WavesSearch
  onSearch: (next: WavesSearch) => void
  onOpen: (id: string) => void
}

/** Waves: those under way as a board, all of them as a list, and making one. */
export function WavesView({ search, onSearch, onOpen }: WavesViewProps) {
  const { t } = useTranslation()
  const mayMake = useCan()('packing.wave')
  const tab = search.tab ?? 'live'
  return (
    <>
      <Tabs
        label={t('waves.title')}
        value={tab}
        onChange={(next) => onSearch({ tab: next })}
        items={(['live', 'all', 'make'] as const).filter((key) => key !== 'make' || mayMake).map((key) => ({ key, label: t(`waves.tab.${key}`) }))}
      />
      {tab === 'live' ? <Board mayMake={mayMake} onMake={() => onSearch({ tab: 'make' })} /> : null}
      {tab === 'all' ? <All search={search} onSearch={onSearch} /> : null}
      {tab === 'make' && mayMake ? <MakeWave search={search} onSearch={onSearch} onMade={onOpen} /> : null}
    </>
  )
}

const COLUMNS = ['made', 'picking', 'picked'] as const
/** Picks are told live; without the connection the board asks by itself. */
const BOARD_MS = 20_000

function Board({ mayMake, onMake }: { mayMake: boolean; onMake: () => void }) {
  const { t } = useTranslation()
  const list = useQuery({
    queryKey: ['waves', 'board'],
    queryFn: ({ signal }) => api.get('/waves', { query: { live: true, limit: 100 }, signal }),
    refetchInterval: BOARD_MS,
  })
  const waves = list.data?.items ?? []
  const [cutOffs, setCutOffs] = useState(false)
  return (
    <Page
      title={t('waves.title')}
      hint={t('waves.hint')}
      actions={
        <>
          <Link to="/pick" className={css.linkButton}>
            {t('waves.hand_held')}
          </Link>
          <Button onClick={() => setCutOffs(true)}>{t('waves.cut_offs')}</Button>
          {mayMake ? (
            <Button type="primary" onClick={onMake}>
              {t('waves.tab.make')}
            </Button>
          ) : null}
        </>
      }
    >
      {cutOffs ? <CutOffs may={mayMake} onClose={() => setCutOffs(false)} /> : null}
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? (
        <Skeleton rows={8} />
      ) : list.data && waves.length === 0 ? (
        <Panel>
          <Empty title={t('waves.empty')}>
            {mayMake ? (
              <Button type="primary" onClick={onMake}>
                {t('waves.tab.make')}
              </Button>
            ) : null}
            <Link to="/waves" search={{ tab: 'all' }}>
              {t('waves.see_all')}
            </Link>
          </Empty>
        </Panel>
      ) : list.data ? (
        <div className={css.board}>
          {COLUMNS.map((state) => {
            const here = waves.filter((w) => w.state === state)
            return (
              <section key={state} className={css.column} aria-label={t(`waves.state.${state}`)}>
                <h2>
                  {t(`waves.state.${state}`)} <small>{here.length}</small>
                </h2>
                {here.map((wave) => (
                  <Card key={wave.id} wave={wave} />
                ))}
                {here.length === 0 ? <p className={css.nothing}>{t('waves.none_here')}</p> : null}
              </section>
            )
          })}
          {list.data.next_cursor ? <p className={css.nothing}>{t('waves.more_live')}</p> : null}
        </div>
      ) : null}
    </Page>
  )
}

function Card({ wave }: { wave: WaveRow }) {
  const { t } = useTranslation()
  const person = usePersonName()
  const warehouse = useWarehouseName()(wave.warehouse_id)
  return (
    <article className={wave.hits > 0 ? css.cardHit : css.card} data-id={wave.id}>
      <header>
        <Link to="/waves/$id" params={{ id: wave.id }} className={css.code}>
          {wave.code}
        </Link>
        <Tag tone="blue">{t(`waves.content.${wave.content}`)}</Tag>
        <CutOff wave={wave} />
        {wave.urgency > 0 ? <Tag tone="red">{t('waves.urgent')}</Tag> : null}
        {wave.hits > 0 ? (
          <Link to="/waves/$id" params={{ id: wave.id }} search={{ tab: 'baskets' }} className={css.hits}>
            {t('waves.hits', { count: wave.hits })}
          </Link>
        ) : null}
      </header>
      <p className={css.facts}>
        {warehouse} {'\u00b7'} {t('waves.orders', { count: wave.in })} {'\u00b7'} {t(`waves.mode.${wave.mode}`)}
      </p>
      <Bar wave={wave} />
      <People wave={wave} />
      <p className={css.facts}>
        {t('waves.made_by', { name: person(wave.made_by_name) })} <Time at={wave.made_at} />
      </p>
    </article>
  )
}

/** Who picked how much of a wave, true to the piece. */
function People({ wave }: { wave: WaveRow }) {
  const { t } = useTranslation()
  const person = usePersonName()
  if (wave.progress.length === 0) return null
  return (
    <ul className={css.people} aria-label={t('waves.people')}>
      {wave.progress.map((p) => (
        <li key={p.picker_id}>
          {person(p.name)} <strong>{groupDigits(p.picked)}</strong>
          {p.short > 0 ? <span className={css.short}> {t('waves.short_n', { count: p.short })}</span> : null}
        </li>
      ))}
    </ul>
  )
}

function useWarehouseName(): (id: string) => string {
  const all = useWarehouses()
  return (id) => all.find((w) => w.id === id)?.name ?? ''
}

function All({ search, onSearch }: { search: WavesSearch; onSearch: (next: WavesSearch) => void }) {
  const { t } = useTranslation()
  const person = usePersonName()
  const [code, setCode] = useState(search.code ?? '')
  const warehouse = useWarehouseName()
  const list = useInfiniteQuery({
    queryKey: ['waves', 'all', search.code],
    queryFn: ({ pageParam, signal }) => api.get('/waves', { query: { code: search.code, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const find = (text: string) => onSearch({ tab: 'all', code: text.trim() || undefined })
  return (
    <Page title={t('waves.tab.all')}>
      <Panel flush>
        <div className={css.bar}>
          <TextBox label={t('waves.find_code')} width={220} value={code} onChange={setCode} onEnter={() => find(code)} onClear={() => (setCode(''), find(''))} />
          <Button onClick={() => find(code)}>{t('common.search')}</Button>
        </div>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? (
          <Skeleton />
        ) : list.data ? (
          <DataTable
            label={t('waves.tab.all')}
            rows={rows}
            rowKey={(w) => w.id}
            rowTone={(w) => (w.hits > 0 ? 'bad' : undefined)}
            empty={
              search.code ? (
                <Empty title={t('waves.none_found', { code: search.code })}>
                  <Button onClick={() => (setCode(''), find(''))}>{t('common.reset')}</Button>
                </Empty>
              ) : (
                <Empty title={t('waves.never')} />
              )
            }
            columns={[
              {
                key: 'code',
                title: t('waves.code'),
                render: (w) => (
                  <Link to="/waves/$id" params={{ id: w.id }} className={css.code}>
                    {w.code}
                  </Link>
                ),
              },
              { key: 'state', title: t('waves.state_title'), render: (w) => <StateTag state={w.state} /> },
              { key: 'content', title: t('waves.content_title'), render: (w) => t(`waves.content.${w.content}`) },
              { key: 'warehouse', title: t('waves.warehouse'), render: (w) => warehouse(w.warehouse_id) },
              { key: 'orders', title: t('waves.orders_title'), align: 'right', render: (w) => groupDigits(w.orders) },
              { key: 'progress', title: t('waves.progress'), width: '22%', render: (w) => <Bar wave={w} /> },
              { key: 'cut', title: t('waves.cut_off'), render: (w) => <CutOff wave={w} /> },
              { key: 'people', title: t('waves.people'), render: (w) => <People wave={w} /> },
              {
                key: 'made',
                title: t('waves.made'),
                render: (w) => (
                  <>
                    {person(w.made_by_name)} <Time at={w.made_at} />
                  </>
                ),
              },
              { key: 'ended', title: t('waves.ended'), render: (w) => <Time at={w.ended_at} /> },
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
      </Panel>
    </Page>
  )
}
