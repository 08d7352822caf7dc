import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { openPdf } from '@/lib/pdf'
import { useCan } from '@/lib/session'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { ranges } from './group'
import { tellable } from './labels'
import css from './print.module.css'
import type { BatchDetail } from './queries'
import { TellDialog } from './TellDialog'

/** The file of a batch, and what a person says came out of it. */
export function TellButtons({ batch }: { batch: BatchDetail }) {
  const { t } = useTranslation()
  const toast = useToast()
  const can = useCan()
  const [failure, setFailure] = useState<unknown>(null)
  const [asking, setAsking] = useState(false)
  const open = batch.labels.filter(tellable)
  const tell = useAction({
    run: (body: { from: number; to: number; printed: boolean }, key) => api.post('/print/batches/{id}/told', body, { path: { id: batch.id }, key }),
    invalidates: [['print']],
    onSuccess: (out) => toast.ok(t('print.told', { count: out.changed, n: groupDigits(out.changed) })),
  })
  if (!can('packing.print')) return null
  const file = batch.state === 'ready' && batch.has_file && !isId(batch.agent_id)
  const from = open[0]?.sequence ?? 0
  const to = open.at(-1)?.sequence ?? 0
  return (
    <>
      <div className={css.buttons}>
        {file ? (
          <Button
            size="small"
            type="primary"
            onClick={() => {
              setFailure(null)
              openPdf(`/print/batches/${batch.id}/labels.pdf`).catch(setFailure)
            }}
          >
            {t('print.open_pdf')}
          </Button>
        ) : null}
        {open.length > 0 ? (
          <>
            <Button size="small" loading={tell.isPending} onClick={() => tell.mutate({ from, to, printed: true })}>
              {batch.ships ? t('print.all_came_out_ship', { count: open.length, n: groupDigits(open.length) }) : t('print.all_came_out', { count: open.length, n: groupDigits(open.length) })}
            </Button>
            <Button size="small" onClick={() => setAsking(true)}>
              {t('print.some_did_not')}
            </Button>
          </>
        ) : null}
      </div>
      {open.some((l) => l.state === 'uncertain') ? (
        <p className={css.bad}>{t('print.uncertain_hint', { numbers: ranges(open.filter((l) => l.state === 'uncertain').map((l) => l.sequence)) })}</p>
      ) : null}
      {failure ? <ErrorBox error={failure} /> : null}
      {tell.error ? <ErrorBox error={tell.error} /> : null}
      {asking ? <TellDialog batch={batch} onClose={() => setAsking(false)} /> : null}
    </>
  )
}
