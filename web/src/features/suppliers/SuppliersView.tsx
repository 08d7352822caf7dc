import { useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Supplier } from '@/lib/api/contract'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { clockOf, minuteOf } from './minutes'
import { suppliersQuery } from './queries'
import { SupplierDrawer } from './SupplierDrawer'
import css from './suppliers.module.css'

const CONTRACTS = ['number_only', 'masked', 'full'] as const

/** Who supplies goods, and ships some of them for us. */
export function SuppliersView() {
  const { t } = useTranslation()
  const can = useCan()
  const mayEdit = can('purchase.edit')
  const [editing, setEditing] = useState<string | 'new' | null>(null)
  const [open, setOpen] = useState<string | null>(null)
  const query = useQuery(suppliersQuery)
  const shown = query.data?.find((s) => s.id === open)
  const add = mayEdit ? (
    <Button type="primary" onClick={() => setEditing('new')}>
      {t('suppliers.add')}
    </Button>
  ) : null
  return (
    <Page title={t('suppliers.title')} hint={t('suppliers.hint')} actions={add}>
      <Panel flush>
        <QueryState query={query}>
          {(all) => (
            <DataTable
              label={t('suppliers.title')}
              rows={all}
              rowKey={(s) => s.id}
              empty={
                <Empty title={t('suppliers.none')}>
                  <span>{t('suppliers.none_next')}</span>
                </Empty>
              }
              columns={[
                {
                  key: 'name',
                  title: t('suppliers.name'),
                  render: (s) => (
                    <>
                      <strong>{s.name}</strong> {s.active ? null : <Tag>{t('suppliers.off')}</Tag>}
                    </>
                  ),
                },
                { key: 'contract', title: t('suppliers.contract'), render: (s) => <Tag tone={s.contract === 'full' ? 'amber' : 'plain'}>{t(`suppliers.contract_${s.contract}`)}</Tag> },
                { key: 'cutoff', title: t('suppliers.cutoff'), render: (s) => clockOf(s.cutoff_minute) || '\u2013' },
                { key: 'lead', title: t('suppliers.lead'), align: 'right', render: (s) => t('suppliers.days', { count: s.lead_days }) },
                { key: 'skus', title: t('suppliers.skus'), align: 'right', render: (s) => s.skus },
                {
                  key: 'act',
                  title: '',
                  align: 'right',
                  render: (s) => (
                    <span className={css.acts}>
                      <Button onClick={() => setOpen(s.id)}>{t('suppliers.open')}</Button>
                      {mayEdit ? <Button onClick={() => setEditing(s.id)}>{t('common.edit')}</Button> : null}
                    </span>
                  ),
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {editing ? <Editing id={editing} onClose={() => setEditing(null)} /> : null}
      {shown ? <SupplierDrawer supplier={shown} onClose={() => setOpen(null)} /> : null}
    </Page>
  )
}

/** Reads the supplier whole first: its contact is not in the list. */
function Editing({ id, onClose }: { id: string; onClose: () => void }) {
  const one = useQuery({
    queryKey: ['suppliers', 'one', id],
    queryFn: ({ signal }) => api.get('/suppliers/{id}', { path: { id }, signal }),
    enabled: id !== 'new',
    gcTime: 0,
  })
  if (id === 'new') return <SupplierDialog supplier={null} onClose={onClose} />
  return <QueryState query={one}>{(s) => <SupplierDialog supplier={s} onClose={onClose} />}</QueryState>
}

function SupplierDialog({ supplier, onClose }: { supplier: Supplier | null; onClose: () => void }) {
  const { t } = useTranslation()
  const mayPlain = useCan()('export.plain')
  const [draft, setDraft] = useState({
    name: supplier?.name ?? '',
    contract: supplier?.contract ?? ('masked' as const),
    cutoff: clockOf(supplier?.cutoff_minute ?? -1),
    lead_days: supplier?.lead_days ?? 0,
    note: supplier?.note ?? '',
    active: supplier?.active ?? true,
    person: supplier?.contact?.person ?? '',
    phone: supplier?.contact?.phone ?? '',
    address: supplier?.contact?.address ?? '',
  })
  const save = useAction({
    run: (d: typeof draft, key) =>
      api.post(
        '/suppliers',
        {
          id: supplier?.id,
          version: supplier?.version,
          name: d.name.trim(),
          contract: d.contract,
          cutoff_minute: minuteOf(d.cutoff),
          lead_days: d.lead_days,
          note: d.note,
          active: d.active,
          contact: { person: d.person, phone: d.phone, address: d.address },
        },
        { key },
      ),
    invalidates: [['suppliers']],
    onSuccess: onClose,
  })
  const set = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part })
  return (
    <FormDialog title={supplier ? t('suppliers.edit_title', { name: supplier.name }) : t('suppliers.add')} valid={draft.name.trim() !== ''} saving={save.isPending} error={save.error} onSave={() => save.mutate(draft)} onClose={onClose}>
      <Field label={t('suppliers.name')}>
        <Input value={draft.name} maxLength={60} aria-label={t('suppliers.name')} onChange={(e) => set({ name: e.target.value })} />
      </Field>
      <Field label={t('suppliers.contract')} hint={t(`suppliers.contract_hint_${draft.contract}`)}>
        <Radio.Group aria-label={t('suppliers.contract')} value={draft.contract} onChange={(e) => set({ contract: e.target.value as typeof draft.contract })}>
          {CONTRACTS.map((c) => (
            <Radio.Button key={c} value={c} disabled={c === 'full' && !mayPlain && supplier?.contract !== 'full'}>
              {t(`suppliers.contract_${c}`)}
            </Radio.Button>
          ))}
        </Radio.Group>
      </Field>
      <div className={css.two}>
        <Field label={t('suppliers.cutoff')} hint={t('suppliers.cutoff_hint')}>
          <Input type="time" value={draft.cutoff} aria-label={t('suppliers.cutoff')} onChange={(e) => set({ cutoff: e.target.value })} />
        </Field>
        <Field label={t('suppliers.lead')} hint={t('suppliers.lead_hint')}>
          <InputNumber min={0} max={180} precision={0} value={draft.lead_days} aria-label={t('suppliers.lead')} onChange={(n) => set({ lead_days: n ?? 0 })} />
        </Field>
      </div>
      <div className={css.two}>
        <Field label={t('suppliers.person')}>
          <Input value={draft.person} maxLength={60} aria-label={t('suppliers.person')} onChange={(e) => set({ person: e.target.value })} />
        </Field>
        <Field label={t('suppliers.phone')}>
          <Input value={draft.phone} maxLength={60} aria-label={t('suppliers.phone')} onChange={(e) => set({ phone: e.target.value })} />
        </Field>
      </div>
      <Field label={t('suppliers.address')} hint={t('suppliers.contact_hint')}>
        <Input value={draft.address} maxLength={300} aria-label={t('suppliers.address')} onChange={(e) => set({ address: e.target.value })} />
      </Field>
      <Field label={t('suppliers.note')}>
        <Input.TextArea rows={2} value={draft.note} maxLength={500} aria-label={t('suppliers.note')} onChange={(e) => set({ note: e.target.value })} />
      </Field>
      <label className={css.check}>
        <input type="checkbox" checked={draft.active} onChange={(e) => set({ active: e.target.checked })} />
        {t('suppliers.active')}
      </label>
    </FormDialog>
  )
}
