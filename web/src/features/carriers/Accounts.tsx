import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CarrierAccount } from '@/lib/api/contract'
import { useShops, useWarehouses } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tag, type Tone } from '@/ui/Tag'
import { AccountDialog } from './AccountDialog'
import { AccountDrawer } from './AccountDrawer'
import { Balance } from './Balance'
import { placeText } from './place'
import { accountsQuery, isLow, useCarrierName } from './queries'
import type { CarrierSearch } from './search'
import css from './carriers.module.css'

const TONE: Record<CarrierAccount['state'], Tone> = { untested: 'plain', ok: 'green', refused: 'red' }

/** The contracts under which numbers come, what is left at each, and whether they are taken. */
export function Accounts({ search, onSearch }: { search: CarrierSearch; onSearch: (next: CarrierSearch) => void }) {
  const { t } = useTranslation()
  const mayEdit = useCan()('logistics.edit')
  const carrier = useCarrierName()
  const query = useQuery(accountsQuery)
  const [editing, setEditing] = useState<CarrierAccount | 'new' | null>(null)
  const open = query.data?.find((a) => a.id === search.account)
  const add = mayEdit ? (
    <Button type="primary" onClick={() => setEditing('new')}>
      {t('carriers.new_account')}
    </Button>
  ) : null
  return (
    <Page title={t('carriers.tab.accounts')} hint={t('carriers.accounts_hint')} actions={add}>
      <Panel flush>
        <QueryState query={query}>
          {(accounts) => (
            <DataTable
              label={t('carriers.tab.accounts')}
              rows={accounts}
              rowKey={(a) => a.id}
              rowTone={(a) => (a.state === 'refused' ? 'bad' : isLow(a) ? 'warn' : undefined)}
              empty={
                <Empty title={t('carriers.no_accounts')}>
                  <p>{t('carriers.no_accounts_next')}</p>
                </Empty>
              }
              columns={[
                {
                  key: 'name',
                  title: t('carriers.account'),
                  render: (a) => (
                    <>
                      <strong>{a.name}</strong> {a.enabled ? null : <Tag>{t('carriers.off')}</Tag>}
                      <small className={css.under}>{carrier(a.carrier)}</small>
                    </>
                  ),
                },
                {
                  key: 'kind',
                  title: t('carriers.kind_title'),
                  render: (a) => (
                    <>
                      {t(`carriers.kind.${a.kind}`)}
                      {a.branch ? <small className={css.under}>{a.branch_name || a.branch}</small> : null}
                    </>
                  ),
                },
                {
                  key: 'state',
                  title: t('carriers.state'),
                  render: (a) =>
                    a.kind === 'numbers' ? null : (
                      <>
                        <Tag tone={TONE[a.state]}>{t(`carriers.account_state.${a.state}`)}</Tag>
                        {a.error ? <small className={css.bad}>{a.error.message}</small> : null}
                      </>
                    ),
                },
                { key: 'balance', title: t('carriers.balance'), align: 'right', render: (a) => <Balance account={a} /> },
                { key: 'for', title: t('carriers.serves'), render: (a) => <Serves account={a} /> },
                { key: 'sender', title: t('carriers.sender'), render: (a) => (a.sender ? placeText(a.sender.province, a.sender.city, a.sender.district) : <Tag tone="amber">{t('carriers.no_sender')}</Tag>) },
                {
                  key: 'act',
                  title: '',
                  align: 'right',
                  render: (a) => (
                    <span className={css.acts}>
                      <Button aria-label={t('carriers.open_named', { name: a.name })} onClick={() => onSearch({ ...search, account: a.id })}>
                        {t('carriers.open')}
                      </Button>
                      {mayEdit ? (
                        <Button aria-label={t('carriers.edit_named', { name: a.name })} onClick={() => setEditing(a)}>
                          {t('common.edit')}
                        </Button>
                      ) : null}
                    </span>
                  ),
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {open ? <AccountDrawer key={open.id} account={open} onEdit={() => setEditing(open)} onSearch={onSearch} onClose={() => onSearch({ ...search, account: undefined })} /> : null}
      {editing ? <AccountDialog account={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}

function Serves({ account: a }: { account: CarrierAccount }) {
  const { t } = useTranslation()
  const shops = useShops()
  const warehouses = useWarehouses()
  const names = [...a.shop_ids.map((id) => shops.find((s) => s.id === id)?.name ?? id), ...a.warehouse_ids.map((id) => warehouses.find((w) => w.id === id)?.name ?? id)]
  if (names.length === 0) return <>{t('carriers.serves_all')}</>
  return <span title={names.join('\n')}>{names.length > 2 ? t('common.picked', { first: names[0], more: names.length - 1 }) : names.join(', ')}</span>
}
