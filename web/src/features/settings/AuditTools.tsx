import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { AuditCheckpoint } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { saveText } from '@/lib/saveText'
import { ErrorBox } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import { readCheckpoints } from './checkpoints'
import css from './settings.module.css'

/** Proves the chain, against checkpoints kept elsewhere if there are any, and makes new ones to keep. */
export function AuditTools() {
  const { t } = useTranslation()
  const toast = useToast()
  const input = useRef<HTMLInputElement>(null)
  const [unreadable, setUnreadable] = useState<string | null>(null)
  const verify = useAction({ run: (checkpoints: AuditCheckpoint[], key) => api.post('/audit/verify', { checkpoints }, { key }) })
  const sign = useAction({
    run: (_: null, key) => api.post('/audit/checkpoints', undefined, { key }),
    onSuccess: (checkpoint) => saveText(`ordercove-checkpoint-${checkpoint.seq}.json`, JSON.stringify(checkpoint, null, 2)),
    onError: toast.bad,
  })
  const take = async (files: FileList | null) => {
    const read = await Promise.all([...(files ?? [])].map(async (file) => ({ file, list: readCheckpoints(await file.text()) })))
    const bad = read.find((r) => !r.list)
    setUnreadable(bad?.file.name ?? null)
    if (!bad && read.length > 0) verify.mutate(read.flatMap((r) => r.list ?? []))
  }
  const report = verify.data
  return (
    <>
      <div className={css.bar}>
        <Button type="primary" loading={verify.isPending} onClick={() => verify.mutate([])}>
          {t('settings.audit_verify')}
        </Button>
        <Button disabled={verify.isPending} onClick={() => input.current?.click()}>
          {t('settings.audit_verify_kept')}
        </Button>
        <Button loading={sign.isPending} onClick={() => sign.mutate(null)}>
          {t('settings.audit_checkpoint')}
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          accept=".json"
          className="visually-hidden"
          tabIndex={-1}
          aria-label={t('settings.audit_verify_kept')}
          onChange={(e) => {
            // The list belongs to the field: it would be empty once the field is.
            const taking = take(e.target.files)
            void taking.finally(() => {
              if (input.current) input.current.value = ''
            })
          }}
        />
        <span className={css.muted}>{t('settings.audit_checkpoint_hint')}</span>
      </div>
      {unreadable ? (
        <p className={css.report} role="alert">
          <Tag tone="red">{t('settings.audit_bad_file', { name: unreadable })}</Tag>
        </p>
      ) : null}
      {verify.error ? <ErrorBox error={verify.error} /> : null}
      {report ? (
        <div className={css.report} role="status">
          <Tag tone={report.findings.length === 0 ? 'green' : 'red'}>{report.findings.length === 0 ? t('settings.audit_sound') : t('settings.audit_unsound', { count: report.findings.length })}</Tag>
          <span>{t('settings.audit_report', { count: report.entries, n: groupDigits(report.entries), checkpoints: report.checkpoints })}</span>
          {report.unsealed > 0 ? <span>{t('settings.audit_unsealed', { count: report.unsealed })}</span> : null}
          <code title={t('settings.audit_last_hash')}>{`#${report.last_seq} ${report.last_hash.slice(0, 16)}\u2026`}</code>
          {report.findings.length > 0 ? (
            <ul>
              {report.findings.map((f) => (
                <li key={`${f.kind} ${f.seq} ${f.id}`}>{`#${f.seq} ${t(`settings.audit_finding.${f.kind}`)}`}</li>
              ))}
            </ul>
          ) : null}
        </div>
      ) : null}
    </>
  )
}
