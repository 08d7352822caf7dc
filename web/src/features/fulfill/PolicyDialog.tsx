import { useQuery } from '@tanstack/react-query'
import { Button, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { MergePolicy } from '@/lib/api/contract'
import { useShops } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { QueryState } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { policyQuery } from './api'
import css from './fulfill.module.css'

const LONGEST_WAIT = 7 * 24 * 60

/** How long is waited for further orders of a receiver, and which shops' orders may share a parcel. */
export function PolicyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const query = useQuery({ ...policyQuery, staleTime: 0 })
  // Once it is open it stays: what is being filled in outlives a later read.
  if (query.data && query.isFetchedAfterMount) return <Form policy={query.data} onClose={onClose} />
  return (
    <Modal open title={t('fulfill.policy.title')} onCancel={onClose} footer={null}>
      <QueryState query={query}>{() => null}</QueryState>
    </Modal>
  )
}

function Form({ policy, onClose }: { policy: MergePolicy; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const may = useCan()('fulfillment.merge')
  const shops = useShops()
  const [wait, setWait] = useState(policy.wait_minutes)
  const [groups, setGroups] = useState(policy.shop_groups)
  const taken = new Set(groups.flat())
  const save = useAction({
    run: (body: MergePolicy, key) => api.post('/merge-policy', body, { key }),
    invalidates: [['merge']],
    onSuccess: () => {
      toast.ok(t('fulfill.policy.saved'))
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('fulfill.policy.title')}
      valid={may && groups.every((g) => g.length > 1)}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate({ ...policy, wait_minutes: wait, shop_groups: groups })}
      onClose={onClose}
    >
      <Field label={t('fulfill.policy.wait')} hint={t('fulfill.policy.wait_hint')}>
        <InputNumber autoFocus min={0} max={LONGEST_WAIT} precision={0} value={wait} aria-label={t('fulfill.policy.wait')} onChange={(n) => setWait(n ?? 0)} />
      </Field>
      <Field label={t('fulfill.policy.groups')} hint={t('fulfill.policy.groups_hint')}>
        {groups.map((group, i) => (
          <div key={i} className={css.group}>
            <Select
              mode="multiple"
              style={{ flex: 1 }}
              value={group}
              aria-label={t('fulfill.policy.group', { n: i + 1 })}
              optionFilterProp="label"
              options={shops.filter((s) => group.includes(s.id) || !taken.has(s.id)).map((s) => ({ value: s.id, label: s.name }))}
              onChange={(ids: string[]) => setGroups(groups.map((g, at) => (at === i ? ids : g)))}
            />
            <Button aria-label={t('fulfill.policy.remove', { n: i + 1 })} onClick={() => setGroups(groups.filter((_, at) => at !== i))}>
              ×
            </Button>
          </div>
        ))}
        <div>
          <Button onClick={() => setGroups([...groups, []])}>{t('fulfill.policy.add')}</Button>
        </div>
      </Field>
    </FormDialog>
  )
}
