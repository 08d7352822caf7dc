import { useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { CarrierAccount, CarrierConnection } from '@/lib/api/contract'
import { carriersQuery, helpOf, nameOf, useShops, useWarehouses } from '@/lib/lookups'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Pick } from '@/ui/Pick'
import { useToast } from '@/ui/Toast'
import { accountBody, accountDraft, NO_SENDER, wholeAccount, type AccountDraft, type Sender } from './account'
import { AreaPick } from './AreaPick'
import { placeText } from './place'
import { connectionsQuery } from './queries'
import css from './carriers.module.css'

interface AccountDialogProps {
  /** null for a new one. */
  account: CarrierAccount | null
  /** An address to begin the sender with. */
  sender?: Partial<Sender>
  onClose: () => void
}

const KINDS = ['carrier', 'channel', 'numbers'] as const

/** A contract with a carrier: how its numbers come, and what every label needs. Secrets go in and never come back. */
export function AccountDialog({ account, sender, onClose }: AccountDialogProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const shops = useShops()
  const warehouses = useWarehouses()
  const connections = useQuery(connectionsQuery).data ?? []
  const carriers = useQuery(carriersQuery).data ?? []
  const [draft, setDraft] = useState(() => {
    const d = accountDraft(account)
    return sender ? { ...d, sender: { ...NO_SENDER, ...sender } } : d
  })
  const set = (patch: Partial<AccountDraft>) => setDraft((d) => ({ ...d, ...patch }))
  const direct = draft.kind === 'carrier'
  const offer = direct ? connections.find((c) => c.carrier.code === draft.carrier) : undefined
  const save = useAction({
    run: (body: ReturnType<typeof accountBody>, key) => (account ? api.patch('/carrier-accounts/{id}', body, { path: { id: account.id }, key }) : api.post('/carrier-accounts', body, { key })),
    invalidates: [['carrier-accounts']],
    onSuccess: (saved) => {
      toast.ok(t('carriers.account_saved', { name: saved.name }))
      onClose()
    },
  })
  const choices = direct ? connections.map((c) => c.carrier) : carriers
  return (
    <FormDialog
      width={720}
      title={account ? t('carriers.edit_account', { name: account.name }) : t('carriers.new_account')}
      valid={wholeAccount(draft, account, offer)}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate(accountBody(draft, account))}
      onClose={onClose}
    >
      <div className={css.two}>
        <Field label={t('carriers.kind_title')} hint={t(`carriers.kind_hint.${draft.kind}`)}>
          <Select disabled={account !== null} aria-label={t('carriers.kind_title')} value={draft.kind} options={KINDS.map((k) => ({ value: k, label: t(`carriers.kind.${k}`) }))} onChange={(kind) => set({ kind, carrier: undefined, product: '', credentials: {} })} />
        </Field>
        <Field label={t('carriers.carrier')}>
          <Select
            disabled={account !== null}
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('carriers.carrier')}
            value={draft.carrier}
            options={choices.map((c) => ({ value: c.code, label: nameOf(c) }))}
            onChange={(carrier: string) => set({ carrier, product: '', credentials: {} })}
          />
        </Field>
        <Field label={t('carriers.account_name')}>
          <Input maxLength={40} aria-label={t('carriers.account_name')} placeholder={t('carriers.account_name_example')} value={draft.name} onChange={(e) => set({ name: e.target.value })} />
        </Field>
        {draft.kind === 'channel' ? (
          <Field label={t('carriers.by_shop')} hint={t('carriers.by_shop_hint')}>
            <Select disabled={account !== null} aria-label={t('carriers.by_shop')} value={draft.shop_id} options={shops.filter((s) => s.mode === 'api').map((s) => ({ value: s.id, label: s.name }))} onChange={(shop_id: string) => set({ shop_id })} />
          </Field>
        ) : null}
        {offer && offer.products.length > 0 ? (
          <Field label={t('carriers.product')}>
            <Select
              aria-label={t('carriers.product')}
              value={draft.product}
              options={[{ value: '', label: t('carriers.product_usual') }, ...offer.products.map((p) => ({ value: p.code, label: nameOf(p) }))]}
              onChange={(product: string) => set({ product })}
            />
          </Field>
        ) : null}
        <Field label={t('carriers.low_at')} hint={t('carriers.low_at_hint')}>
          <InputNumber min={0} max={10_000_000} precision={0} aria-label={t('carriers.low_at')} value={draft.low_at} onChange={(n) => set({ low_at: n ?? 0 })} style={{ width: '100%' }} />
        </Field>
        {draft.kind === 'numbers' ? null : (
          <Field label={t('carriers.branch')} hint={draft.kind === 'channel' ? t('carriers.branch_hint') : undefined}>
            <Input maxLength={60} aria-label={t('carriers.branch')} value={draft.branch} onChange={(e) => set({ branch: e.target.value, branch_name: '' })} />
          </Field>
        )}
        {draft.kind === 'channel' ? (
          <Field label={t('carriers.template')} hint={t('carriers.template_hint')}>
            <Input maxLength={500} aria-label={t('carriers.template')} value={draft.template} onChange={(e) => set({ template: e.target.value })} />
          </Field>
        ) : null}
      </div>
      {offer ? <Credentials offer={offer} account={account} draft={draft} onChange={set} /> : null}
      <SenderFields draft={draft} account={account} onChange={(next) => set({ sender: next })} />
      <div className={css.two}>
        <Field label={t('carriers.for_shops')}>
          <Pick label={t('carriers.all_shops')} options={shops.map((s) => ({ value: s.id, label: s.name }))} value={draft.shop_ids} onChange={(shop_ids) => set({ shop_ids })} />
        </Field>
        <Field label={t('carriers.for_warehouses')}>
          <Pick label={t('carriers.all_warehouses')} options={warehouses.map((w) => ({ value: w.id, label: w.name }))} value={draft.warehouse_ids} onChange={(warehouse_ids) => set({ warehouse_ids })} />
        </Field>
      </div>
      <label className={css.check}>
        <input type="checkbox" checked={draft.enabled} onChange={(e) => set({ enabled: e.target.checked })} />
        {t('carriers.enabled')}
      </label>
    </FormDialog>
  )
}

interface CredentialsProps {
  offer: CarrierConnection
  account: CarrierAccount | null
  draft: AccountDraft
  onChange: (patch: Partial<AccountDraft>) => void
}

function Credentials({ offer, account, draft, onChange }: CredentialsProps) {
  const { t } = useTranslation()
  return (
    <fieldset className={css.group}>
      <legend>{t('carriers.credentials')}</legend>
      <div className={css.two}>
        {offer.credentials.map((c) => {
          const given = account?.given.includes(c.name) ?? false
          const label = c.optional ? t('carriers.optional', { name: nameOf(c) }) : nameOf(c)
          const box = {
            'aria-label': label,
            autoComplete: c.secret ? 'new-password' : 'off',
            placeholder: given ? t('carriers.given') : undefined,
            value: draft.credentials[c.name] ?? '',
            onChange: (e: { target: { value: string } }) => onChange({ credentials: { ...draft.credentials, [c.name]: e.target.value } }),
          }
          return (
            <Field key={c.name} label={label} hint={helpOf(c)}>
              {c.secret ? <Input.Password {...box} /> : <Input {...box} />}
            </Field>
          )
        })}
        <Field label={t('carriers.base_url')} hint={offer.test_url ? t('carriers.base_url_test', { url: offer.test_url }) : undefined}>
          <Input type="url" maxLength={500} aria-label={t('carriers.base_url')} placeholder={offer.base_url} value={draft.base_url} onChange={(e) => onChange({ base_url: e.target.value })} />
        </Field>
      </div>
    </fieldset>
  )
}

function SenderFields({ draft, account, onChange }: { draft: AccountDraft; account: CarrierAccount | null; onChange: (sender: Sender | null) => void }) {
  const { t } = useTranslation()
  const s = draft.sender
  const stored = account?.sender
  return (
    <fieldset className={css.group}>
      <legend>{t('carriers.sender')}</legend>
      {s === null && stored ? (
        <div className={css.line}>
          <span>{placeText(stored.name, stored.phone, stored.province, stored.city, stored.district, stored.detail)}</span>
          <Button onClick={() => onChange({ ...NO_SENDER, province: stored.province, city: stored.city, district: stored.district, detail: stored.detail })}>{t('carriers.change_sender')}</Button>
        </div>
      ) : (
        <>
          <div className={css.two}>
            {(['name', 'phone'] as const).map((key) => (
              <Field key={key} label={t(`carriers.sender_${key}`)}>
                <Input maxLength={key === 'name' ? 50 : 30} autoComplete="off" aria-label={t(`carriers.sender_${key}`)} value={s?.[key] ?? ''} onChange={(e) => onChange({ ...NO_SENDER, ...s, [key]: e.target.value })} />
              </Field>
            ))}
          </div>
          <Field label={t('carriers.sender_place')}>
            <AreaPick value={s ?? NO_SENDER} onChange={(area) => onChange({ ...NO_SENDER, ...s, ...area })} />
          </Field>
          <Field label={t('carriers.sender_detail')}>
            <Input maxLength={200} autoComplete="off" aria-label={t('carriers.sender_detail')} value={s?.detail ?? ''} onChange={(e) => onChange({ ...NO_SENDER, ...s, detail: e.target.value })} />
          </Field>
        </>
      )}
    </fieldset>
  )
}
