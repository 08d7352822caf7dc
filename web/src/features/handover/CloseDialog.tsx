import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Handover } from '@/lib/api/contract'
import { FormDialog } from '@/ui/FormDialog'

/** Ends a handover, once somebody has said how many parcels it is. */
export function CloseDialog({ handover, carrier, onDone, onClose }: { handover: Handover; carrier: string; onDone: (h: Handover) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const close = useAction({ run: (_: null, key) => api.post('/handovers/{id}/close', undefined, { path: { id: handover.id }, key }), onSuccess: onDone })
  return (
    <FormDialog title={t('handover.close_title', { carrier })} action={t('handover.close', { count: handover.parcels })} valid saving={close.isPending} error={close.error} onSave={() => close.mutate(null)} onClose={onClose}>
      <p>{t('handover.close_text', { count: handover.parcels, carrier })}</p>
    </FormDialog>
  )
}
