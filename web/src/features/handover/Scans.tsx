import { queryOptions } from '@tanstack/react-query'
import { InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { VerifyPolicy } from '@/lib/api/contract'
import { useWarehouses } from '@/lib/lookups'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'

/** For how many days what shipped waits for its scan where nobody said otherwise. */
export const USUAL_DAYS = 7
const MAX_DAYS = 90

export const policyQuery = queryOptions({
  queryKey: ['verify', 'policy'],
  queryFn: ({ signal }) => api.get('/verify-policy', { signal }),
  staleTime: 60_000,
})

/** In which warehouses couriers' parcels are scanned, and for how long one waits for that. */
export function ScansDialog({ policy, onClose }: { policy: VerifyPolicy; onClose: () => void }) {
  const { t } = useTranslation()
  const warehouses = useWarehouses()
  const [days, setDays] = useState(policy.here_days ?? USUAL_DAYS)
  const [without, setWithout] = useState(policy.no_handover_warehouse_ids ?? [])
  const save = useAction({
    run: (body: VerifyPolicy, key) => api.put('/verify-policy', body, { key }),
    invalidates: [['verify', 'policy'], ['handovers']],
    onSuccess: onClose,
  })
  return (
    <FormDialog
      title={t('handover.settings')}
      valid
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate({ ...policy, here_days: days, no_handover_warehouse_ids: without })}
      onClose={onClose}
    >
      <Field label={t('handover.here_days')} hint={t('handover.here_days_hint')}>
        <InputNumber autoFocus min={1} max={MAX_DAYS} precision={0} aria-label={t('handover.here_days')} value={days} onChange={(n) => setDays(n ?? USUAL_DAYS)} />
      </Field>
      <Field label={t('handover.no_scans_in')} hint={t('handover.no_scans_in_hint')}>
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('handover.no_scans_in')}
          placeholder={t('handover.no_scans_in_none')}
          value={without}
          onChange={setWithout}
          options={warehouses.map((w) => ({ value: w.id, label: w.name }))}
        />
      </Field>
    </FormDialog>
  )
}
