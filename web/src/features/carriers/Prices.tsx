import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { CarrierAccount, CarrierPrice } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { ScrollBox } from '@/ui/ScrollBox'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { badCells, NEW_PRICE, pastedPrices, PRICE_COLUMNS, priceDraft, priceOf, type PriceDraft } from './prices'
import { accountsQuery } from './queries'
import type { CarrierSearch } from './search'
import css from './carriers.module.css'

/** What an account charges by place and weight: the choice of a carrier takes the cheapest. */
export function Prices({ search, onSearch }: { search: CarrierSearch; onSearch: (next: CarrierSearch) => void }) {
  const { t } = useTranslation()
  const accounts = useQuery(accountsQuery)
  return (
    <QueryState query={accounts}>
      {(list) => {
        const account = list.find((a) => a.id === search.account) ?? list[0]
        if (!account) {
          return (
            <Page title={t('carriers.tab.prices')} hint={t('carriers.prices_hint')}>
              <Panel>
                <Empty title={t('carriers.no_accounts')}>
                  <Button onClick={() => onSearch({ tab: 'accounts' })}>{t('carriers.tab.accounts')}</Button>
                </Empty>
              </Panel>
            </Page>
          )
        }
        return <PricesOf key={account.id} account={account} accounts={list} onPick={(id) => onSearch({ tab: 'prices', account: id })} />
      }}
    </QueryState>
  )
}

function PricesOf({ account, accounts, onPick }: { account: CarrierAccount; accounts: CarrierAccount[]; onPick: (id: string) => void }) {
  const query = useQuery({ queryKey: ['carrier-prices', account.id], queryFn: ({ signal }) => api.get('/carrier-accounts/{id}/prices', { path: { id: account.id }, signal }).then((l) => l.items) })
  return <QueryState query={query}>{(prices) => <Editor key={query.dataUpdatedAt} account={account} accounts={accounts} prices={prices} onPick={onPick} />}</QueryState>
}

// More rows than this are shown on demand: each has a box in every cell.
const STEP = 100

function Editor({ account, accounts, prices, onPick }: { account: CarrierAccount; accounts: CarrierAccount[]; prices: CarrierPrice[]; onPick: (id: string) => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('logistics.edit')
  const [rows, setRows] = useState(() => prices.map(priceDraft))
  const [changed, setChanged] = useState(false)
  const [shown, setShown] = useState(STEP)
  const [pasting, setPasting] = useState(false)
  const put = (next: PriceDraft[]) => {
    setRows(next)
    setChanged(true)
  }
  const save = useAction({
    run: (list: CarrierPrice[], key) => api.put('/carrier-accounts/{id}/prices', { prices: list }, { path: { id: account.id }, key }),
    invalidates: [['carrier-prices', account.id]],
    onSuccess: () => {
      toast.ok(t('carriers.prices_saved', { n: groupDigits(rows.length) }))
      setChanged(false)
    },
  })
  const bad = rows.filter((row) => badCells(row).length > 0).length
  const numbered = rows.slice(0, shown).map((row, at) => ({ row, at, bad: new Set<string>(badCells(row)) }))
  return (
    <Page
      title={t('carriers.tab.prices')}
      hint={t('carriers.prices_hint')}
      actions={
        may ? (
          <>
            <Button onClick={() => setPasting(true)}>{t('carriers.paste')}</Button>
            <Button onClick={() => put([NEW_PRICE, ...rows])}>{t('carriers.add_price')}</Button>
            <Button type="primary" disabled={!changed || bad > 0} loading={save.isPending} onClick={() => save.mutate(rows.map(priceOf))}>
              {t('carriers.save_prices', { n: groupDigits(rows.length) })}
            </Button>
          </>
        ) : null
      }
    >
      <Panel flush>
        <div className={css.bar}>
          <label>
            <span>{t('carriers.account')}</span>
            <Select style={{ width: 240 }} aria-label={t('carriers.account')} value={account.id} options={accounts.map((a) => ({ value: a.id, label: a.name }))} onChange={onPick} />
          </label>
          <span role="status" className={bad > 0 ? css.bad : css.muted}>
            {bad > 0 ? t('carriers.bad_rows', { n: groupDigits(bad) }) : changed ? t('carriers.not_saved') : t('carriers.price_rows', { n: groupDigits(rows.length) })}
          </span>
        </div>
        {save.error ? <ErrorBox error={save.error} /> : null}
        <ScrollBox label={t('carriers.tab.prices')} className={css.grid}>
          <DataTable
            label={t('carriers.tab.prices')}
            rows={numbered}
            rowKey={(r) => r.at}
            empty={
              <Empty title={t('carriers.no_prices', { name: account.name })}>
                <p>{t('carriers.no_prices_next')}</p>
              </Empty>
            }
            columns={[
              ...PRICE_COLUMNS.map((key, i) => ({
                key,
                title: t(`carriers.price.${key}`),
                align: i < 3 ? ('left' as const) : ('right' as const),
                render: (r: { row: PriceDraft; at: number; bad: Set<string> }) => (
                  <input
                    className={i < 3 ? css.cell : `${css.cell} ${css.right}`}
                    aria-label={`${r.at + 1} ${t(`carriers.price.${key}`)}`}
                    aria-invalid={r.bad.has(key)}
                    inputMode={i < 3 ? 'text' : 'decimal'}
                    placeholder={key === 'province' ? t('carriers.everywhere') : undefined}
                    disabled={!may}
                    value={r.row[key]}
                    onChange={(e) => put(rows.map((row, at) => (at === r.at ? { ...row, [key]: e.target.value } : row)))}
                  />
                ),
              })),
              {
                key: 'act',
                title: '',
                align: 'right' as const,
                render: (r) =>
                  may ? (
                    <Button aria-label={t('carriers.remove_row', { n: r.at + 1 })} onClick={() => put(rows.filter((_, at) => at !== r.at))}>
                      {t('carriers.remove')}
                    </Button>
                  ) : null,
              },
            ]}
          />
        </ScrollBox>
        {rows.length > shown ? (
          <div className={css.more}>
            <Button onClick={() => setShown(shown + STEP)}>{t('common.more')}</Button>
          </div>
        ) : null}
      </Panel>
      {pasting ? (
        <PasteDialog
          had={rows.length}
          onClose={() => setPasting(false)}
          onTake={(list, replace) => {
            put(replace ? list : [...list, ...rows])
            setPasting(false)
          }}
        />
      ) : null}
    </Page>
  )
}

function PasteDialog({ had, onTake, onClose }: { had: number; onTake: (rows: PriceDraft[], replace: boolean) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [replace, setReplace] = useState(true)
  const rows = pastedPrices(text)
  const bad = rows.filter((row) => badCells(row).length > 0).length
  return (
    <FormDialog width={640} title={t('carriers.paste')} action={t('carriers.take_rows', { n: groupDigits(rows.length) })} valid={rows.length > 0} saving={false} error={null} onSave={() => onTake(rows, replace)} onClose={onClose}>
      <Field label={t('carriers.paste_label')} hint={t('carriers.paste_hint')}>
        <Input.TextArea rows={10} autoFocus aria-label={t('carriers.paste_label')} value={text} onChange={(e) => setText(e.target.value)} />
      </Field>
      <p role="status">{rows.length > 0 ? t('carriers.paste_read', { n: groupDigits(rows.length), bad: groupDigits(bad) }) : t('carriers.paste_nothing')}</p>
      {had > 0 ? (
        <label className={css.check}>
          <input type="checkbox" checked={replace} onChange={(e) => setReplace(e.target.checked)} />
          {t('carriers.paste_replace', { n: groupDigits(had) })}
        </label>
      ) : null}
    </FormDialog>
  )
}
