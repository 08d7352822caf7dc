import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { CarrierAccount, CarrierBranch, CarrierTestReport } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { parseNumbers } from '@/lib/numbers'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Drawer } from '@/ui/Drawer'
import { Panel } from '@/ui/Page'
import { Empty, ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { AccountDialog } from './AccountDialog'
import type { Sender } from './account'
import { Balance } from './Balance'
import { placeText } from './place'
import { useCarrierName } from './queries'
import type { CarrierSearch } from './search'
import css from './carriers.module.css'

interface AccountDrawerProps {
  account: CarrierAccount
  onEdit: () => void
  onSearch: (next: CarrierSearch) => void
  onClose: () => void
}

/** One account: whether it works, what is left where, and its numbers at hand. */
export function AccountDrawer({ account, onEdit, onSearch, onClose }: AccountDrawerProps) {
  const { t } = useTranslation()
  const mayEdit = useCan()('logistics.edit')
  const carrier = useCarrierName()
  const [sender, setSender] = useState<Partial<Sender> | null>(null)
  const path = { id: account.id }
  const test = useAction({ run: (_: null, key) => api.post('/carrier-accounts/{id}/test', undefined, { path, key }), invalidates: [['carrier-accounts']] })
  const balance = useAction({ run: (_: null, key) => api.post('/carrier-accounts/{id}/balance', undefined, { path, key }), invalidates: [['carrier-accounts']] })
  return (
    <Drawer
      label={t('carriers.account')}
      title={`${account.name} · ${carrier(account.carrier)}`}
      width={680}
      onClose={onClose}
      actions={mayEdit ? <Button onClick={onEdit}>{t('common.edit')}</Button> : null}
    >
      <div className={css.stack}>
        {account.kind === 'numbers' ? null : (
          <Panel
            title={t('carriers.connection')}
            actions={
              mayEdit ? (
                <Button loading={test.isPending} onClick={() => test.mutate(null)}>
                  {t('carriers.test')}
                </Button>
              ) : null
            }
          >
            <TestResult account={account} report={test.data} />
            {test.error ? <ErrorBox error={test.error} /> : null}
          </Panel>
        )}
        <Panel
          title={t('carriers.balance')}
          actions={
            mayEdit ? (
              <Button loading={balance.isPending} onClick={() => balance.mutate(null)}>
                {t('carriers.ask_balance')}
              </Button>
            ) : null
          }
        >
          <Balance account={account} />
          {balance.error ? <ErrorBox error={balance.error} /> : null}
          {balance.data && account.kind !== 'numbers' ? <Branches account={account} branches={balance.data.items} onSender={setSender} /> : null}
        </Panel>
        {account.kind === 'numbers' && mayEdit ? <Numbers account={account} /> : null}
        <div className={css.acts}>
          <Button onClick={() => onSearch({ tab: 'prices', account: account.id })}>{t('carriers.tab.prices')}</Button>
          <Button onClick={() => onSearch({ tab: 'waybills', account: account.id })}>{t('carriers.tab.waybills')}</Button>
          <Button onClick={() => onSearch({ tab: 'uses', account: account.id })}>{t('carriers.tab.uses')}</Button>
        </div>
      </div>
      {sender ? <AccountDialog account={account} sender={sender} onClose={() => setSender(null)} /> : null}
    </Drawer>
  )
}

/** What the last test found, and what to do about it. */
function TestResult({ account, report }: { account: CarrierAccount; report?: CarrierTestReport }) {
  const { t } = useTranslation()
  if (!report) return <p className={account.state === 'refused' ? css.bad : css.muted}>{account.error ? account.error.message : t(`carriers.account_state_long.${account.state}`)}</p>
  return (
    <div role="status" className={report.ok ? css.good : css.fault}>
      <strong>{report.ok ? t('carriers.test_ok', { ms: report.took_ms }) : t(`carriers.problem.${report.problem}`)}</strong>
      {report.error ? <span>{report.error.message}</span> : null}
      {report.ok ? null : <span>{t(`carriers.next.${report.problem}`)}</span>}
    </div>
  )
}

function Branches({ account, branches, onSender }: { account: CarrierAccount; branches: CarrierBranch[]; onSender: (sender: Partial<Sender>) => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const use = useAction({
    run: (b: CarrierBranch, key) => api.patch('/carrier-accounts/{id}', { version: account.version, branch: b.branch, branch_name: b.name }, { path: { id: account.id }, key }),
    invalidates: [['carrier-accounts']],
    onSuccess: (_, b) => toast.ok(t('carriers.branch_used', { name: b.name || b.branch })),
  })
  return (
    <>
      {use.error ? <ErrorBox error={use.error} /> : null}
      <DataTable
        label={t('carriers.branches')}
        rows={branches}
        rowKey={(b) => b.branch}
        empty={<Empty title={t('carriers.no_branches')} />}
        columns={[
          {
            key: 'name',
            title: t('carriers.branch'),
            render: (b) => (
              <>
                <strong>{b.name || b.branch}</strong>
                {b.name ? <small className={css.under}>{b.branch}</small> : null}
              </>
            ),
          },
          { key: 'left', title: t('carriers.balance'), align: 'right', render: (b) => (b.balance === null ? t('carriers.not_counted') : groupDigits(b.balance)) },
          {
            key: 'places',
            title: t('carriers.collects_at'),
            render: (b) => (
              <ul className={css.plain}>
                {b.places.map((p) => {
                  const text = placeText(p.province, p.city, p.district, p.town, p.detail)
                  return (
                    <li key={text}>
                      {text}{' '}
                      <Button size="small" aria-label={t('carriers.use_address_named', { text })} onClick={() => onSender({ province: p.province, city: p.city, district: p.district, detail: `${p.town}${p.detail}` })}>
                        {t('carriers.use_address')}
                      </Button>
                    </li>
                  )
                })}
              </ul>
            ),
          },
          {
            key: 'act',
            title: '',
            align: 'right',
            render: (b) =>
              b.branch === account.branch ? (
                t('carriers.in_use')
              ) : (
                <Button loading={use.isPending && use.variables?.branch === b.branch} onClick={() => use.mutate(b)}>
                  {t('carriers.use_branch')}
                </Button>
              ),
          },
        ]}
      />
    </>
  )
}

/** Numbers bought on paper, each to be used once. */
function Numbers({ account }: { account: CarrierAccount }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [text, setText] = useState('')
  const [confirm, setConfirm] = useState(false)
  const numbers = [...new Set(text.split(/[\s,;]+/u).flatMap((part) => parseNumbers(part).numbers))]
  const add = useAction({
    run: (body: { numbers: string[]; confirm: boolean }, key) => api.post('/carrier-accounts/{id}/numbers', body, { path: { id: account.id }, key }),
    invalidates: [['carrier-accounts']],
    onSuccess: (out) => {
      toast.ok(t('carriers.numbers_added', { n: groupDigits(out.added) }))
      setText('')
    },
  })
  return (
    <Panel title={t('carriers.numbers')} note={t('carriers.numbers_hint')}>
      <div className={css.stack}>
        <Input.TextArea rows={5} aria-label={t('carriers.numbers')} value={text} onChange={(e) => setText(e.target.value)} />
        <label className={css.check}>
          <input type="checkbox" checked={confirm} onChange={(e) => setConfirm(e.target.checked)} />
          {t('carriers.numbers_confirm')}
        </label>
        {add.error ? <ErrorBox error={add.error} /> : null}
        <div>
          <Button type="primary" disabled={numbers.length === 0} loading={add.isPending} onClick={() => add.mutate({ numbers, confirm })}>
            {t('carriers.add_numbers', { n: groupDigits(numbers.length) })}
          </Button>
        </div>
      </div>
    </Panel>
  )
}
