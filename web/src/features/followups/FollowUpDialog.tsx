import { useQuery } from '@tanstack/react-query'
import { Checkbox, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { FollowUpDraft, FollowUpLine } from '@/lib/api/contract'
import { formatFen, parseYuan } from '@/lib/format'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { SkuSelect } from '@/ui/SkuSelect'
import { Empty, QueryState } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { beyond, bodyOf, casesFor, chosenOf, emptyForm, LIABLE, NOBODY, piecesBack, piecesOut, RECEIVER_FIELDS, sumsOf, worthUnknown, type Chosen, type Form, type Kind } from './draft'
import css from './followups.module.css'
import { draftQuery, STALE } from './queries'

interface FollowUpDialogProps {
  orderId: string
  kind: Kind
  /** The after-sale case it is made for. */
  caseId?: string | undefined
  onClose: () => void
  onMade?: ((id: string) => void) | undefined
}

/** Sends goods of an order again, or others for those that come back. */
export default function FollowUpDialog(props: FollowUpDialogProps) {
  const { t } = useTranslation()
  const query = useQuery({ ...draftQuery(props.orderId), refetchOnWindowFocus: false })
  if (query.data) return <Filled {...props} draft={query.data} />
  return (
    <Modal open title={t(`orders.type.${props.kind}`)} onCancel={props.onClose} footer={null} width={820}>
      <QueryState query={query} skeletonRows={8}>
        {() => null}
      </QueryState>
    </Modal>
  )
}

function Filled({ orderId, kind, caseId, onClose, onMade, draft }: FollowUpDialogProps & { draft: FollowUpDraft }) {
  const { t } = useTranslation()
  const toast = useToast()
  const money = useCan()('field.money')
  const [form, setForm] = useState<Form>(() => emptyForm(kind, caseId ?? '', draft))
  const set = (part: Partial<Form>) => setForm({ ...form, ...part })
  const save = useAction({
    run: (input: NonNullable<ReturnType<typeof bodyOf>>, key) => api.post('/orders/{id}/follow-ups', input, { path: { id: orderId }, key }),
    invalidates: STALE,
    onSuccess: (made) => {
      toast.ok(t(`followups.made.${form.kind}`))
      onClose()
      onMade?.(made.order_id)
    },
  })
  const exchange = form.kind === 'exchange'
  const body = exchange && !money ? null : bodyOf(form, draft)
  const out = piecesOut(form, draft)
  const over = beyond(form, draft)
  const twice = save.error?.code === 'reship.case_has_one'
  const lines = draft.lines.filter((l) => l.shipped > 0)
  const cases = casesFor(form.kind, draft)
  return (
    <FormDialog
      title={t(`followups.title.${form.kind}`, { no: draft.channel_order_no })}
      action={exchange ? t('followups.do.exchange', { back: piecesBack(form, draft), out }) : t('followups.do.reship', { count: out })}
      width={820}
      valid={body !== null}
      saving={save.isPending}
      error={save.error}
      onSave={() => body && save.mutate(body)}
      onClose={onClose}
    >
      <Radio.Group
        optionType="button"
        aria-label={t('followups.kind')}
        value={form.kind}
        options={(['reship', 'exchange'] as const).map((value) => ({ value, label: t(`orders.type.${value}`) }))}
        onChange={(e) => setForm({ ...emptyForm(e.target.value as Kind, caseId ?? '', draft), reason: form.reason, note: form.note, receiver: form.receiver })}
      />
      <p className={css.muted}>{exchange ? t('followups.hint.exchange') : t('followups.hint.reship')}</p>
      {exchange && !money ? <p className={css.bad}>{t('followups.needs_money')}</p> : null}
      <Lines form={form} lines={lines} onChange={(id, chosen) => set({ lines: { ...form.lines, [id]: chosen } })} />
      {over.length > 0 || twice || form.confirmed ? (
        <Checkbox checked={form.confirmed} onChange={(e) => set({ confirmed: e.target.checked })}>
          <span className={css.bad}>{over.length > 0 ? t('followups.beyond', { skus: over.map((l) => l.sku_code || l.title).join(', ') }) : t('followups.twice')}</span>
        </Checkbox>
      ) : null}
      {exchange ? <Difference form={form} draft={draft} onChange={set} /> : null}
      <div className={css.three}>
        <Field label={t('followups.reason')}>
          <Input maxLength={200} aria-label={t('followups.reason')} value={form.reason} onChange={(e) => set({ reason: e.target.value })} />
        </Field>
        <Field label={t('followups.liable_title')}>
          <Select aria-label={t('followups.liable_title')} value={form.liable} options={LIABLE.map((value) => ({ value, label: t(`followups.liable.${value}`) }))} onChange={(liable) => set({ liable })} />
        </Field>
        <Field label={t('followups.case')}>
          <Select
            aria-label={t('followups.case')}
            value={form.case_id}
            options={[{ value: '', label: exchange ? t('followups.own_case') : t('followups.no_case') }, ...cases.map((c) => ({ value: c.id, label: c.case_no }))]}
            onChange={(case_id: string) => set({ case_id, confirmed: false })}
          />
        </Field>
      </div>
      <Field label={t('followups.note')} hint={t('followups.note_hint')}>
        <Input maxLength={500} aria-label={t('followups.note')} value={form.note} onChange={(e) => set({ note: e.target.value })} />
      </Field>
      <To form={form} draft={draft} onChange={(receiver) => set({ receiver })} />
    </FormDialog>
  )
}

function Lines({ form, lines, onChange }: { form: Form; lines: FollowUpLine[]; onChange: (id: string, chosen: Chosen) => void }) {
  const { t } = useTranslation()
  const exchange = form.kind === 'exchange'
  const name = (l: FollowUpLine) => l.sku_code || l.title
  const number = (l: FollowUpLine, key: 'back' | 'out', max: number) => {
    const chosen = chosenOf(form, l)
    return (
      <InputNumber
        style={{ width: 76 }}
        min={0}
        max={max}
        precision={0}
        disabled={max === 0}
        aria-label={t(`followups.${key}_of`, { name: name(l) })}
        value={chosen[key]}
        onChange={(n) => onChange(l.line_id, { ...chosen, [key]: n ?? 0, ...(key === 'back' && chosen.out === chosen.back ? { out: n ?? 0 } : {}) })}
      />
    )
  }
  return (
    <DataTable
      label={t('followups.lines')}
      rows={lines}
      rowKey={(l) => l.line_id}
      empty={<Empty title={t('followups.nothing_left')} />}
      columns={[
        {
          key: 'goods',
          title: t('followups.goods'),
          render: (l) => (
            <span className={css.goods}>
              <span>{l.title}</span>
              <span className={css.muted}>
                {l.spec} <span className={css.code}>{l.sku_code}</span>
              </span>
            </span>
          ),
        },
        { key: 'shipped', title: t('followups.shipped'), width: '64px', align: 'right', render: (l) => `${l.shipped} / ${l.ordered}` },
        ...(exchange
          ? [
              { key: 'back', title: t('followups.back'), width: '96px', render: (l: FollowUpLine) => number(l, 'back', l.may_return) },
              { key: 'swap', title: t('followups.swap'), width: '200px', render: (l: FollowUpLine) => <Swap line={l} chosen={chosenOf(form, l)} onChange={(c) => onChange(l.line_id, c)} /> },
            ]
          : [{ key: 'sent', title: t('followups.sent'), width: '84px', align: 'right' as const, render: (l: FollowUpLine) => l.sent || '\u2013' }]),
        { key: 'out', title: exchange ? t('followups.out') : t('followups.again'), width: '96px', render: (l) => number(l, 'out', 1_000_000) },
        ...(exchange
          ? [
              {
                key: 'price',
                title: t('followups.price'),
                width: '104px',
                render: (l: FollowUpLine) => {
                  const c = chosenOf(form, l)
                  return (
                    <Input
                      prefix={'\u00a5'}
                      inputMode="decimal"
                      aria-label={t('followups.price_of', { name: name(l) })}
                      status={c.out > 0 && parseYuan(c.price) === null ? 'error' : undefined}
                      value={c.price}
                      onChange={(e) => onChange(l.line_id, { ...c, price: e.target.value })}
                    />
                  )
                },
              },
            ]
          : []),
      ]}
    />
  )
}

/** The goods that go out for a line: its own, or others. */
function Swap({ line, chosen, onChange }: { line: FollowUpLine; chosen: Chosen; onChange: (c: Chosen) => void }) {
  const { t } = useTranslation()
  if (!chosen.sku) return <SkuSelect label={t('followups.swap_for', { name: line.sku_code || line.title })} onPick={(s) => onChange({ ...chosen, sku: { id: s.id, label: `${s.code} ${s.name}` } })} />
  return (
    <span className={css.goods}>
      <span>{chosen.sku.label}</span>
      <button type="button" className={css.link} onClick={() => onChange({ back: chosen.back, out: chosen.out, price: chosen.price })}>
        {t('followups.same_goods')}
      </button>
    </span>
  )
}

/** When an exchange ships, and what happens with the money between old and new goods. */
function Difference({ form, draft, onChange }: { form: Form; draft: FollowUpDraft; onChange: (part: Partial<Form>) => void }) {
  const { t } = useTranslation()
  const { goods, returned, difference } = sumsOf(form, draft)
  const ways = difference === null || difference === 0 ? [] : difference > 0 ? (['collected', 'waived'] as const) : (['refund', 'waived'] as const)
  return (
    <div className={css.box}>
      <Radio.Group
        aria-label={t('followups.when_title')}
        value={form.when}
        options={(['after_return', 'now'] as const).map((value) => ({ value, label: t(`followups.when.${value}`) }))}
        onChange={(e) => onChange({ when: e.target.value as Form['when'] })}
      />
      {worthUnknown(form, draft) ? (
        <Field label={t('followups.worth')} hint={t('followups.worth_hint')}>
          <Input prefix={'\u00a5'} inputMode="decimal" aria-label={t('followups.worth')} value={form.returned} onChange={(e) => onChange({ returned: e.target.value })} />
        </Field>
      ) : null}
      <p aria-live="polite">{t('followups.sums', { goods: formatFen(goods), returned: formatFen(returned), difference: formatFen(difference) })}</p>
      {ways.length > 0 ? (
        <Radio.Group
          aria-label={t('followups.settlement_title')}
          value={form.settlement}
          options={ways.map((value) => ({ value, label: t(`followups.settlement.${value}`, { fen: formatFen(Math.abs(difference ?? 0)) }) }))}
          onChange={(e) => onChange({ settlement: e.target.value as Form['settlement'] })}
        />
      ) : null}
    </div>
  )
}

function To({ form, draft, onChange }: { form: Form; draft: FollowUpDraft; onChange: (r: Form['receiver']) => void }) {
  const { t } = useTranslation()
  const r = form.receiver
  return (
    <fieldset className={css.box}>
      <legend>{t('orders.receiver')}</legend>
      {draft.needs_receiver ? (
        <p className={css.bad}>{t('followups.masked')}</p>
      ) : (
        <Checkbox checked={r !== null} onChange={(e) => onChange(e.target.checked ? NOBODY : null)}>
          {t('followups.elsewhere', { who: draft.receiver_masked })}
        </Checkbox>
      )}
      {r ? (
        <div className={css.three}>
          {RECEIVER_FIELDS.map((key) => (
            <label key={key} className={key === 'detail' ? css.wide : undefined}>
              <span className={css.muted}>{t(`orders.address.${key}`)}</span>
              <Input autoComplete="off" maxLength={key === 'detail' ? 300 : 40} value={r[key]} onChange={(e) => onChange({ ...r, [key]: e.target.value })} />
            </label>
          ))}
        </div>
      ) : null}
    </fieldset>
  )
}
