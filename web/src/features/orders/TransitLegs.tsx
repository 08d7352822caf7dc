import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useCan } from '@/lib/session'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { QueryState } from '@/ui/States'
import { Time } from '@/ui/Time'
import css from './orders.module.css'

const LEG = { gridTemplateColumns: '130px minmax(0,1fr) auto' }

/** Both ways of an order by a transit warehouse, and where the second one's number is entered. */
export function TransitLegs({ orderId }: { orderId: string }) {
  const { t } = useTranslation()
  const may = useCan()('fulfillment.ship')
  const [telling, setTelling] = useState(false)
  const query = useQuery({
    queryKey: ['orders', orderId, 'legs'],
    queryFn: ({ signal }) => api.get('/orders/{id}/legs', { path: { id: orderId }, signal }),
  })
  return (
    <section aria-label={t('orders.legs')}>
      <h3>{t('orders.legs')}</h3>
      <QueryState query={query} skeletonRows={2}>
        {(legs) => (
          <>
            <p className={css.muted}>{t('orders.legs_hint')}</p>
            <ol className={css.lines}>
              <li className={css.detailLine} style={LEG}>
                <span className={css.muted}>{t('orders.leg_first')}</span>
                <span className={css.lineText}>{legs.first.length === 0 ? t('orders.leg_waits') : legs.first.map((l) => <Leg key={l.waybill_no} leg={l} />)}</span>
              </li>
              <li className={css.detailLine} style={LEG}>
                <span className={css.muted}>{t('orders.leg_second')}</span>
                <span className={css.lineText}>{legs.second ? <Leg leg={legs.second} /> : t('orders.leg_unknown')}</span>
                {may && legs.first.length > 0 ? (
                  <Button size="small" onClick={() => setTelling(true)}>
                    {t('orders.leg_tell')}
                  </Button>
                ) : null}
              </li>
            </ol>
          </>
        )}
      </QueryState>
      {telling ? <SecondLeg orderId={orderId} onClose={() => setTelling(false)} /> : null}
    </section>
  )
}

function Leg({ leg }: { leg: { carrier_name: string; waybill_no: string; at: string | null } }) {
  return (
    <span>
      {leg.carrier_name} {leg.waybill_no} <Time at={leg.at} />
    </span>
  )
}

function SecondLeg({ orderId, onClose }: { orderId: string; onClose: () => void }) {
  const { t } = useTranslation()
  const [carrier, setCarrier] = useState('')
  const [no, setNo] = useState('')
  const tell = useAction({
    run: (body: { carrier: string; waybill_no: string }, key) => api.post('/orders/{id}/legs', body, { path: { id: orderId }, key }),
    invalidates: [['orders', orderId, 'legs']],
    onSuccess: onClose,
  })
  return (
    <FormDialog title={t('orders.leg_tell')} valid={carrier.trim() !== '' && no.trim() !== ''} saving={tell.isPending} error={tell.error} onSave={() => tell.mutate({ carrier: carrier.trim(), waybill_no: no.trim() })} onClose={onClose}>
      <Field label={t('orders.leg_carrier')}>
        <Input value={carrier} maxLength={60} aria-label={t('orders.leg_carrier')} onChange={(e) => setCarrier(e.target.value)} />
      </Field>
      <Field label={t('orders.leg_number')}>
        <Input value={no} maxLength={60} aria-label={t('orders.leg_number')} onChange={(e) => setNo(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
