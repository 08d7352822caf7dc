import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api/client'
import { useNow } from '@/lib/clock'
import { carriersQuery, nameOf, useWarehouses } from '@/lib/lookups'
import { readPref, writePref } from '@/lib/prefs'
import { DataTable } from '@/ui/DataTable'
import { ScrollBox } from '@/ui/ScrollBox'
import { spanText } from '@/ui/span'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import css from './weigh.module.css'

const HOUR = 3_600_000
const PREF = 'weigh.warehouse'

/** What was verified and waits for its weight, the longest first; a touch weighs it as a scan would. */
export function WeighList({ onWeigh }: { onWeigh: (no: string) => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const warehouses = useWarehouses()
  const carriers = useQuery(carriersQuery).data
  const [warehouse, setWarehouse] = useState(() => readPref(PREF) || undefined)
  const list = useInfiniteQuery({
    queryKey: ['verify', 'unweighed', warehouse],
    queryFn: ({ pageParam, signal }) => api.get('/weigh-waiting', { query: { limit: 50, cursor: pageParam, warehouse_id: warehouse }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchInterval: 20_000,
    staleTime: 0,
  })
  const rows = list.data?.pages.flatMap((p) => p.items)
  const carrierOf = (code: string) => {
    const known = carriers?.find((c) => c.code === code)
    return known ? nameOf(known) : code
  }
  return (
    <section className={css.list} aria-label={t('verify.unweighed')}>
      <header className={css.head}>
        <h2>{t('verify.unweighed')}</h2>
        {warehouses.length > 1 ? (
          <Select
            allowClear
            className={css.pick}
            aria-label={t('verify.warehouse')}
            placeholder={t('verify.all_warehouses')}
            value={warehouse}
            options={warehouses.map((w) => ({ value: w.id, label: w.name }))}
            onChange={(id?: string) => {
              writePref(PREF, id ?? '')
              setWarehouse(id)
            }}
          />
        ) : null}
      </header>
      <QueryState query={{ ...list, data: rows }} skeletonRows={3}>
        {(all) => (
          <ScrollBox label={t('verify.unweighed')}>
            <DataTable
              label={t('verify.unweighed')}
              rows={all}
              rowKey={(w) => w.session_id}
              empty={<Empty title={t('verify.nothing_to_weigh')} />}
              columns={[
                {
                  key: 'age',
                  title: t('verify.waits'),
                  render: (w) => {
                    const age = w.verified_at ? Math.max(0, now - Date.parse(w.verified_at)) : 0
                    return <Tag tone={age >= 4 * HOUR ? 'red' : age >= HOUR ? 'amber' : 'plain'}>{spanText(t, age)}</Tag>
                  },
                },
                { key: 'no', title: t('verify.number'), render: (w) => w.waybill_no || '\u2013' },
                { key: 'carrier', title: t('verify.carrier'), render: (w) => carrierOf(w.carrier) || '\u2013' },
                { key: 'pieces', title: t('verify.n_pieces'), align: 'right', render: (w) => w.pieces },
                { key: 'gram', title: t('verify.weight_expected'), align: 'right', render: (w) => (w.expected_gram ? t('verify.grams', { gram: w.expected_gram }) : '\u2013') },
                { key: 'bench', title: t('verify.bench'), render: (w) => `${w.bench} ${w.by_name}` },
                {
                  key: 'act',
                  title: t('verify.weigh_act'),
                  align: 'right',
                  render: (w) =>
                    w.waybill_no ? (
                      <Button size="small" aria-label={t('verify.weigh_no', { no: w.waybill_no })} onClick={() => onWeigh(w.waybill_no)}>
                        {t('verify.weigh_act')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          </ScrollBox>
        )}
      </QueryState>
      {list.hasNextPage ? (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('common.more')}
        </Button>
      ) : null}
    </section>
  )
}
