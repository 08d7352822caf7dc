import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { useToast } from '@/ui/Toast'
import { EDIT_KEYS } from './api'

/** Says that fulfillment orders were split or merged, and offers for a few seconds to take it back. */
export function useDone(): (text: string, editId: string) => void {
  const { t } = useTranslation()
  const toast = useToast()
  const undo = useAction({
    run: (id: string, key) => api.post('/fulfillment-edits/{id}/undo', undefined, { path: { id }, key }),
    invalidates: EDIT_KEYS,
    onSuccess: () => toast.ok(t('fulfill.undone')),
    onError: toast.bad,
  })
  return (text, editId) => toast.ok(text, () => undo.mutate(editId))
}
