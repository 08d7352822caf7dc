import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api, apiUrl } from '@/lib/api/client'
import type { Job, ShipCheck } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { groupDigits } from '@/lib/format'
import { carriersQuery, nameOf } from '@/lib/lookups'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { DropZone } from '@/ui/DropZone'
import { isOver, JobProgress, jobQuery } from '@/ui/JobProgress'
import { ScrollBox } from '@/ui/ScrollBox'
import { ColumnMapping, Sample } from '@/ui/SheetImport'
import { ErrorBox } from '@/ui/States'
import { Tag, type Tone } from '@/ui/Tag'
import { tally } from './filled'
import css from './ship.module.css'

type Mapping = Record<string, string>

/** Upload a tracking file, match its columns, look at every row's verdict, then ship what is right. */
export function ShipByFile({ onTemplates }: { onTemplates: () => void }) {
  const { t } = useTranslation()
  const [mapping, setMapping] = useState<Mapping>({})
  const [carrier, setCarrier] = useState<string>()
  const [reason, setReason] = useState('')
  const [confirmed, setConfirmed] = useState(false)
  const [job, setJob] = useState<Job | null>(null)
  const mayShipStale = useCan()('fulfillment.ship_stale')
  const carriers = useQuery(carriersQuery).data ?? []
  const upload = useAction({
    run: (file: File, key) => {
      const form = new FormData()
      form.append('file', file, file.name)
      return api.post('/shipment-files', form, { key })
    },
    onSuccess: (sheet) => {
      setMapping(sheet.mapping)
      check.reset()
    },
  })
  const sheet = upload.data
  const where = { path: { id: sheet?.id ?? '' } }
  const check = useAction({ run: (body: object, key) => api.post('/shipment-files/{id}/check', body, { ...where, key }) })
  const run = useAction({
    run: (body: object, key) => api.post('/shipment-files/{id}/run', body, { ...where, key }),
    invalidates: [['orders'], ['stock'], ['jobs'], ['home'], ['ship-templates']],
    onSuccess: setJob,
  })
  const restart = () => {
    upload.reset()
    check.reset()
    run.reset()
    setJob(null)
    setReason('')
    setConfirmed(false)
  }
  if (job) return <Result key={job.id} fileId={sheet?.id ?? ''} job={job} onJob={setJob} onRestart={restart} onTemplates={onTemplates} />
  if (!sheet) {
    return (
      <>
        <DropZone accept=".csv,.xlsx" title={upload.isPending ? t('ship.uploading') : t('ship.drop')} hint={t('ship.drop_hint')} disabled={upload.isPending} onFiles={([file]) => file && upload.mutate(file)} />
        {upload.error ? <ErrorBox error={upload.error} /> : null}
      </>
    )
  }
  const carrierName = (code: string) => {
    const known = carriers.find((c) => c.code === code)
    return known ? nameOf(known) : code
  }
  const settings = defined({ mapping, default_carrier: carrier })
  const withReasons = defined({ ...settings, stale_reason: reason.trim() || undefined, confirm_waybills: confirmed || undefined })
  const complete = mapping.order_no && mapping.waybill_no
  const counts = tally(check.data?.counts ?? {})
  const stale = counts.stale > 0 || reason !== ''
  // The reason and the confirmation change verdicts: they are looked at again before anything ships.
  const recheck = (more: { stale_reason?: string; confirm_waybills?: boolean }) => check.mutate(defined({ ...withReasons, ...more }))
  return (
    <div className={css.steps}>
      <ColumnMapping
        columns={sheet.columns}
        mapping={mapping}
        onChange={(next) => {
          setMapping(next)
          check.reset()
        }}
        fields={[
          { key: 'order_no', label: t('ship.order_no'), required: true },
          { key: 'carrier', label: t('ship.carrier') },
          { key: 'waybill_no', label: t('ship.waybill_no'), required: true },
          { key: 'sku_code', label: t('ship.sku_code') },
          { key: 'quantity', label: t('ship.quantity') },
        ]}
      />
      <label className={css.field}>
        <span>{t('ship.default_carrier')}</span>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('ship.default_carrier')}
          value={carrier}
          options={carriers.map((c) => ({ value: c.code, label: nameOf(c) }))}
          onChange={(code: string | undefined) => {
            setCarrier(code)
            check.reset()
          }}
        />
      </label>
      <Sample columns={sheet.columns} rows={sheet.sample} />
      <div className={css.buttons}>
        <Button onClick={restart}>{t('sheet.another')}</Button>
        <Button type={check.data ? 'default' : 'primary'} disabled={!complete} loading={check.isPending} onClick={() => check.mutate(withReasons)}>
          {t('ship.check')}
        </Button>
        {check.data && check.variables ? (
          <Button type="primary" disabled={counts.ships === 0 || check.isPending} loading={run.isPending} onClick={() => run.mutate(check.variables)}>
            {t('ship.run', { count: counts.ships, n: groupDigits(counts.ships) })}
          </Button>
        ) : null}
      </div>
      {check.data && counts.left > 0 ? <p className={css.muted}>{t('ship.left', { count: counts.left, n: groupDigits(counts.left) })}</p> : null}
      {stale && mayShipStale ? (
        <label className={css.field}>
          <span>{t('ship.stale_reason')}</span>
          <span className={css.buttons}>
            <Input value={reason} maxLength={200} aria-label={t('ship.stale_reason')} placeholder={t('ship.stale_hint')} onChange={(e) => setReason(e.target.value)} onPressEnter={() => recheck({})} />
            <Button disabled={!reason.trim()} loading={check.isPending} onClick={() => recheck({})}>
              {t('ship.check_with_reason')}
            </Button>
          </span>
        </label>
      ) : null}
      {counts.stale > 0 && !mayShipStale ? <p className={css.warn}>{t('ship.stale_refused')}</p> : null}
      {counts.doubtful > 0 || confirmed ? (
        <label>
          <input
            type="checkbox"
            checked={confirmed}
            disabled={check.isPending}
            onChange={(e) => {
              setConfirmed(e.target.checked)
              recheck({ confirm_waybills: e.target.checked || undefined })
            }}
          />{' '}
          {t('ship.confirm_waybills')}
        </label>
      ) : null}
      {check.error ?? run.error ? <ErrorBox error={check.error ?? run.error} /> : null}
      {check.data ? <Verdicts check={check.data} carrierName={carrierName} /> : null}
    </div>
  )
}

const TONES: Record<string, Tone> = { ok: 'green', suspicious: 'amber', unchanged: 'plain' }

/** Everything that does not ship is red, what asks for a second look amber. */
function toneOf(verdict: string): Tone {
  return TONES[verdict] ?? 'red'
}

function Verdicts({ check, carrierName }: { check: ShipCheck; carrierName: (code: string) => string }) {
  const { t } = useTranslation()
  const kinds = Object.entries(check.counts).filter(([, n]) => n > 0)
  return (
    <>
      <p className={css.verdicts} role="status">
        {kinds.map(([kind, n]) => (
          <Tag key={kind} tone={toneOf(kind)}>
            {t(`ship.verdict.${kind}`, { defaultValue: kind })} {groupDigits(n)}
          </Tag>
        ))}
      </p>
      {check.total > check.rows.length ? <p className={css.muted}>{t('ship.first_rows', { shown: groupDigits(check.rows.length), total: groupDigits(check.total) })}</p> : null}
      <ScrollBox label={t('ship.dry_run')} className={css.scroll}>
        <DataTable
          label={t('ship.dry_run')}
          rows={check.rows}
          rowKey={(r) => r.row}
          rowTone={(r) => (toneOf(r.verdict) === 'red' ? 'bad' : undefined)}
          columns={[
            { key: 'row', title: t('ship.row'), align: 'right', width: 70, render: (r) => r.row },
            { key: 'no', title: t('ship.order_no'), render: (r) => r.order_no },
            { key: 'verdict', title: t('ship.verdict_title'), render: (r) => <Tag tone={toneOf(r.verdict)}>{t(`ship.verdict.${r.verdict}`, { defaultValue: r.verdict })}</Tag> },
            { key: 'why', title: t('ship.why'), render: (r) => r.message },
            { key: 'waybill', title: t('ship.waybill_no'), render: (r) => r.waybill_no },
            { key: 'carrier', title: t('ship.carrier'), render: (r) => (r.carrier ? carrierName(r.carrier) : r.carrier_guess ? t('ship.guessed', { name: carrierName(r.carrier_guess) }) : '\u2013') },
          ]}
        />
      </ScrollBox>
    </>
  )
}

interface ResultProps {
  fileId: string
  job: Job
  /** Trying failed rows again is a job of its own, to be watched from now on. */
  onJob: (job: Job) => void
  onRestart: () => void
  onTemplates: () => void
}

function Result({ fileId, job, onJob, onRestart, onTemplates }: ResultProps) {
  const { t } = useTranslation()
  const now = useQuery({ ...jobQuery(job.id), initialData: job }).data
  const over = isOver(now)
  const rows = useQuery({
    queryKey: ['jobs', 'rows', job.id, now.state],
    queryFn: ({ signal }) => api.get('/jobs/{id}/rows', { path: { id: job.id }, query: { result: 'failed', limit: 200 }, signal }),
    enabled: over && now.failed_count > 0,
  })
  const retry = useAction({
    run: (_: null, key) => api.post('/jobs/{id}/retry-failed', undefined, { path: { id: job.id }, key }),
    invalidates: [['jobs'], ['orders'], ['stock'], ['ship-templates']],
    onSuccess: onJob,
  })
  return (
    <div className={css.steps}>
      <JobProgress job={now} />
      {over ? (
        <div className={css.buttons}>
          <Button type="primary" onClick={onTemplates}>
            {t('ship.get_templates')}
          </Button>
          <Button onClick={onRestart}>{t('sheet.another')}</Button>
          {now.failed_count > 0 ? (
            <Button href={apiUrl(`/shipment-files/${fileId}/failures.csv?job_id=${job.id}`)} download>
              {t('ship.download_failures')}
            </Button>
          ) : null}
          {now.retryable && now.failed_count > 0 ? (
            <Button loading={retry.isPending} onClick={() => retry.mutate(null)}>
              {t('ship.retry_failed', { count: now.failed_count })}
            </Button>
          ) : null}
        </div>
      ) : null}
      {retry.error ? <ErrorBox error={retry.error} /> : null}
      {rows.data?.items.length ? (
        <ScrollBox label={t('ship.failed_rows')} className={css.scroll}>
          <DataTable
            label={t('ship.failed_rows')}
            rows={rows.data.items}
            rowKey={(r) => r.no}
            columns={[
              { key: 'row', title: t('ship.row'), render: (r) => r.ref || r.no },
              { key: 'why', title: t('ship.why'), render: (r) => r.message || r.code },
            ]}
          />
        </ScrollBox>
      ) : null}
    </div>
  )
}
