import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { isId } from '@/lib/id'
import { openPdf } from '@/lib/pdf'
import { FormDialog } from '@/ui/FormDialog'
import { Skeleton } from '@/ui/States'
import type { About } from './dialogs'
import { numberOf, Reason } from './dialogs'

interface ReprintProps extends About {
  /** The new label is on its way to paper, or on it. */
  onDone: () => void
}

/** Prints the label of the parcel once more. */
export function ReprintDialog({ bench, session, onDone, onClose }: ReprintProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [batch, setBatch] = useState('')
  const print = useAction({
    run: (text: string, key) => api.post('/verify-sessions/{id}/reprint', { bench, reason: text }, { path: { id: session.id }, key }),
    onSuccess: (out) => setBatch(out.batch_id),
  })
  const title = t('verify.reprint_title', { no: numberOf(session) })
  if (batch) return <Paper batch={batch} title={title} onDone={onDone} onClose={onClose} />
  return (
    <FormDialog title={title} action={t('verify.reprint_action')} valid={reason.trim() !== ''} saving={print.isPending} error={print.error} onSave={() => print.mutate(reason.trim())} onClose={onClose}>
      <p>{t('verify.reprint_text')}</p>
      <Reason usual={[t('verify.usual.torn'), t('verify.usual.unreadable')]} value={reason} onChange={setReason} />
    </FormDialog>
  )
}

/** The label is drawn first; then a station prints it, or the person does and says that it came out. */
function Paper({ batch: id, title, onDone, onClose }: { batch: string; title: string; onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  const query = useQuery({
    queryKey: ['print', 'batch', id],
    queryFn: ({ signal }) => api.get('/print/batches/{id}', { path: { id }, signal }),
    refetchInterval: (q) => (!q.state.data || q.state.data.state === 'making' ? 700 : false),
  })
  const open = useAction({ run: () => openPdf(`/print/batches/${id}/labels.pdf`), onSuccess: () => setOpened(true) })
  const tell = useAction({
    run: (to: number, key) => api.post('/print/batches/{id}/told', { from: 1, to, printed: true }, { path: { id }, key }),
    invalidates: [['print']],
    onSuccess: onDone,
  })
  const batch = query.data && query.data.state !== 'making' ? query.data : undefined
  const refused = batch?.labels.find((l) => l.error !== null)
  const byStation = batch !== undefined && isId(batch.agent_id)
  const file = batch !== undefined && batch.has_file && !byStation && !refused
  const save = () => {
    if (!batch || refused) onClose()
    else if (byStation || !file) onDone()
    else if (opened) tell.mutate(batch.labels.length)
    else open.mutate(undefined)
  }
  return (
    <FormDialog
      title={title}
      action={file ? t(opened ? 'verify.reprint_came_out' : 'verify.reprint_open') : t('common.close')}
      valid={batch !== undefined || query.error !== null}
      saving={open.isPending || tell.isPending}
      error={query.error ?? open.error ?? tell.error}
      onSave={save}
      onClose={onClose}
    >
      {batch ? (
        <p role={refused ? 'alert' : 'status'}>
          {refused ? t('verify.reprint_refused', { reason: refused.error?.message ?? '' }) : byStation ? t('verify.reprint_station', { printer: batch.printer }) : t(opened ? 'verify.reprint_told' : 'verify.reprint_ready')}
        </p>
      ) : query.error ? null : (
        <Skeleton rows={1} />
      )}
    </FormDialog>
  )
}
