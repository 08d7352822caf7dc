import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useNow } from '@/lib/clock'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { isOnline } from './online'
import css from './print.module.css'
import { agentsQuery, type Batch } from './queries'

/** Another station prints what is left; what the former one has sent is asked of a person. */
export function HandOverDialog({ batch, onClose }: { batch: Batch; onClose: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const agents = (useQuery(agentsQuery).data ?? []).filter((a) => a.state === 'active')
  const options = agents.flatMap((a) => a.printers.map((p) => ({ value: `${a.id} ${p}`, label: `${a.name} \u203a ${p} \u00b7 ${isOnline(a, now) ? t('print.online') : t('print.offline')}` })))
  const [to, setTo] = useState<string>()
  const move = useAction({
    run: (body: { agent_id: string; printer: string }, key) => api.post('/print/batches/{id}/hand-over', body, { path: { id: batch.id }, key }),
    invalidates: [['print']],
    onSuccess: onClose,
  })
  return (
    <FormDialog
      title={t('print.hand_over_title', { code: batch.code })}
      action={t('print.hand_over')}
      valid={to !== undefined}
      saving={move.isPending}
      error={move.error}
      onSave={() => {
        const [agent_id, ...printer] = (to ?? '').split(' ')
        move.mutate({ agent_id: agent_id ?? '', printer: printer.join(' ') })
      }}
      onClose={onClose}
    >
      <p className={css.muted}>{t('print.hand_over_hint')}</p>
      <Field label={t('print.printer')}>
        <Select aria-label={t('print.printer')} value={to} options={options} onChange={setTo} notFoundContent={t('print.no_stations')} />
      </Field>
    </FormDialog>
  )
}
