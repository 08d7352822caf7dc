import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { CarrierChoice, CarrierTry } from '@/lib/api/contract'
import { isId } from '@/lib/id'
import { DataTable } from '@/ui/DataTable'
import { Money } from '@/ui/Money'
import { ScrollBox } from '@/ui/ScrollBox'
import { Empty } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { placeText } from './place'
import { gramToKg } from './prices'
import { useAccountName } from './queries'
import css from './carriers.module.css'

/** Which carrier open orders would get, and why; what a draft changes is marked. */
export function TryTable({ rows }: { rows: CarrierTry[] }) {
  const { t } = useTranslation()
  const name = useAccountName()
  const counts = new Map<string, number>()
  for (const r of rows) counts.set(r.choice.account_id, (counts.get(r.choice.account_id) ?? 0) + 1)
  const differs = (r: CarrierTry) => r.choice.account_id !== r.before.account_id || r.choice.product !== r.before.product
  const changed = rows.filter(differs).length
  if (rows.length === 0) return <Empty title={t('carriers.try_nothing')} />
  return (
    <>
      <div className={css.counts} role="status">
        <strong>{t('carriers.tried', { n: rows.length })}</strong>
        {[...counts].map(([id, n]) => (
          <span key={id} className={isId(id) ? undefined : css.bad}>
            {isId(id) ? name(id) : t('carriers.nobody')} {n}
          </span>
        ))}
        {changed > 0 ? <Tag tone="amber">{t('carriers.try_changed', { n: changed })}</Tag> : null}
      </div>
      <ScrollBox label={t('carriers.try_title')} className={css.grid}>
        <DataTable
          label={t('carriers.try_title')}
          rows={rows}
          rowKey={(r) => r.fulfillment_order_id}
          rowTone={(r) => (isId(r.choice.account_id) ? (differs(r) ? 'warn' : undefined) : 'bad')}
          columns={[
            {
              key: 'order',
              title: t('carriers.order'),
              render: (r) =>
                r.orders.map((o) => (
                  <Link key={o.id} to="/orders/$id" params={{ id: o.id }}>
                    {o.channel_order_no}
                  </Link>
                )),
            },
            { key: 'to', title: t('carriers.to'), render: (r) => placeText(r.province, r.city, r.district) },
            { key: 'weight', title: t('carriers.weight'), align: 'right', render: (r) => (r.weight_gram > 0 ? `${gramToKg(r.weight_gram)} kg` : '\u2013') },
            {
              key: 'choice',
              title: t('carriers.gets'),
              render: (r) => (
                <>
                  {isId(r.choice.account_id) ? <strong>{name(r.choice.account_id)}</strong> : <Tag tone="red">{t('carriers.nobody')}</Tag>}
                  {differs(r) ? <small className={css.under}>{t('carriers.instead_of', { name: isId(r.before.account_id) ? name(r.before.account_id) : t('carriers.nobody') })}</small> : null}
                  {r.blocked ? <small className={css.bad}>{r.blocked.message}</small> : null}
                </>
              ),
            },
            { key: 'fee', title: t('carriers.fee'), align: 'right', render: (r) => <Money fen={r.choice.fee_fen} /> },
            { key: 'why', title: t('carriers.why_title'), render: (r) => <Why choice={r.choice} /> },
          ]}
        />
      </ScrollBox>
    </>
  )
}

/** The reason of a choice, and all that was found on the way to it. */
export function Why({ choice }: { choice: CarrierChoice }) {
  const { t } = useTranslation()
  const name = useAccountName()
  return (
    <details className={css.why}>
      <summary>{t(`carriers.why.${choice.why}`)}</summary>
      <ol>
        {choice.trace.map((s, i) => (
          <li key={i}>
            {name(s.account_id)} · {t(`carriers.why.${s.reason}`)}
            {s.rule ? ` · ${s.rule}` : ''}
            {s.text ? ` · ${s.text}` : ''}
            {s.fee_fen === undefined ? null : (
              <>
                {' · '}
                <Money fen={s.fee_fen} />
              </>
            )}
          </li>
        ))}
      </ol>
    </details>
  )
}
