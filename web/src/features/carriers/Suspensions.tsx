import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { CarrierSuspension } from '@/lib/api/contract'
import { useNow } from '@/lib/clock'
import { defined } from '@/lib/defined'
import { nextDay, startOfDay } from '@/lib/format'
import { isId } from '@/lib/id'
import { carriersQuery, nameOf } from '@/lib/lookups'
import { usePersonName } from '@/lib/person'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { AreaPick, type Area } from './AreaPick'
import { placeText } from './place'
import { accountsQuery, useAccountName, useCarrierName } from './queries'
import css from './carriers.module.css'

/** Where nobody delivers, for how long and why. */
export function Suspensions() {
  const { t } = useTranslation()
  const person = usePersonName()
  const toast = useToast()
  const may = useCan()('logistics.edit')
  const clock = useNow()
  const carrier = useCarrierName()
  const account = useAccountName()
  const [adding, setAdding] = useState(false)
  const query = useQuery({ queryKey: ['carrier-suspensions'], queryFn: ({ signal }) => api.get('/carrier-suspensions', { signal }).then((l) => l.items) })
  // The shared clock may be a little behind what the server just began.
  const now = Math.max(clock, query.dataUpdatedAt)
  const whose = (s: CarrierSuspension) => (isId(s.account_id) ? account(s.account_id) : s.carrier ? carrier(s.carrier) : t('carriers.every_carrier'))
  const where = (s: CarrierSuspension) => placeText(s.province, s.city, s.district) || t('carriers.everywhere')
  const resume = useAction({
    run: (s: CarrierSuspension, key) => api.delete('/carrier-suspensions/{id}', { path: { id: s.id }, key }),
    invalidates: [['carrier-suspensions']],
    onSuccess: (_, s) => toast.ok(t('carriers.resumed', { who: whose(s), where: where(s) })),
    onError: toast.bad,
  })
  return (
    <Page
      title={t('carriers.tab.suspensions')}
      hint={t('carriers.suspensions_hint')}
      actions={
        may ? (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('carriers.new_suspension')}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <QueryState query={query}>
          {(list) => (
            <DataTable
              label={t('carriers.tab.suspensions')}
              rows={list}
              rowKey={(s) => s.id}
              empty={
                <Empty title={t('carriers.no_suspensions')}>
                  <p>{t('carriers.no_suspensions_next')}</p>
                </Empty>
              }
              columns={[
                { key: 'who', title: t('carriers.carrier'), render: (s) => <strong>{whose(s)}</strong> },
                { key: 'where', title: t('carriers.where'), render: where },
                {
                  key: 'state',
                  title: t('carriers.state'),
                  render: (s) => (s.starts_at && Date.parse(s.starts_at) > now ? <Tag>{t('carriers.later')}</Tag> : s.ends_at ? <Tag tone="amber">{t('carriers.suspended')}</Tag> : <Tag tone="red">{t('carriers.out_of_area')}</Tag>),
                },
                { key: 'from', title: t('carriers.from'), render: (s) => <Time at={s.starts_at} /> },
                { key: 'until', title: t('carriers.until'), render: (s) => (s.ends_at ? <Time at={s.ends_at} /> : t('carriers.until_resumed')) },
                { key: 'reason', title: t('carriers.reason'), render: (s) => s.reason },
                { key: 'by', title: t('carriers.by'), render: (s) => person(s.actor_name) },
                {
                  key: 'act',
                  title: '',
                  align: 'right',
                  render: (s) =>
                    may ? (
                      <Button loading={resume.isPending && resume.variables?.id === s.id} onClick={() => resume.mutate(s)}>
                        {t('carriers.resume')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {adding ? <SuspendDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  )
}

function SuspendDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const accounts = useQuery(accountsQuery).data ?? []
  const carriers = useQuery(carriersQuery).data ?? []
  const [who, setWho] = useState('')
  const [area, setArea] = useState<Area>({ province: '', city: '', district: '' })
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const [reason, setReason] = useState('')
  const save = useAction({
    run: (body: object, key) => api.post('/carrier-suspensions', body, { key }),
    invalidates: [['carrier-suspensions']],
    onSuccess: () => {
      toast.ok(t('carriers.suspension_saved'))
      onClose()
    },
  })
  const [kind, code] = who.split(':')
  const everything = who === '' && area.province === ''
  const body = defined({
    account_id: kind === 'account' ? code : undefined,
    carrier: kind === 'carrier' ? code : undefined,
    ...Object.fromEntries(Object.entries(area).filter(([, v]) => v !== '')),
    starts_at: from ? startOfDay(from) : undefined,
    ends_at: until ? startOfDay(nextDay(until)) : undefined,
    reason: reason.trim(),
  })
  return (
    <FormDialog
      width={620}
      title={t('carriers.new_suspension')}
      action={t('carriers.suspend_action')}
      danger={everything}
      valid={reason.trim() !== '' && (!from || !until || from <= until)}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate(body)}
      onClose={onClose}
    >
      <Field label={t('carriers.who')}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('carriers.who')}
          value={who}
          options={[
            { value: '', label: t('carriers.every_carrier') },
            ...accounts.map((a) => ({ value: `account:${a.id}`, label: a.name })),
            ...carriers.map((c) => ({ value: `carrier:${c.code}`, label: nameOf(c) })),
          ]}
          onChange={setWho}
        />
      </Field>
      <Field label={t('carriers.where')} hint={everything ? t('carriers.suspend_everything') : undefined}>
        <AreaPick all value={area} onChange={setArea} />
      </Field>
      <div className={css.two}>
        <Field label={t('carriers.from_day')} hint={t('carriers.from_day_hint')}>
          <Input type="date" aria-label={t('carriers.from_day')} value={from} onChange={(e) => setFrom(e.target.value)} />
        </Field>
        <Field label={t('carriers.until_day')} hint={t('carriers.until_day_hint')}>
          <Input type="date" min={from} aria-label={t('carriers.until_day')} value={until} onChange={(e) => setUntil(e.target.value)} />
        </Field>
      </div>
      <Field label={t('carriers.reason')}>
        <Input maxLength={200} aria-label={t('carriers.reason')} placeholder={t('carriers.reason_example')} value={reason} onChange={(e) => setReason(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
