import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Job, SheetPreview } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { DataTable } from './DataTable'
import { DropZone } from './DropZone'
import { JobProgress } from './JobProgress'
import css from './SheetImport.module.css'
import { ScrollBox } from './ScrollBox'
import { ErrorBox } from './States'

export interface SheetField {
  key: string
  label: string
  required?: boolean
}

interface SheetImportProps {
  /** The collection of uploads: /catalog-imports, /stock-imports or /location-imports. */
  path: '/catalog-imports' | '/stock-imports' | '/location-imports'
  fields: SheetField[]
  title: string
  hint: string
  /** Queries that are stale once rows came in. */
  invalidates: string[][]
  /** Rows may be pasted too: what they are turned into, and what to say about it. */
  paste?: { label: string; hint: string; toTable: (text: string) => string }
}

/** A table of one's own on its way in: drop, match columns, look at the verdicts, run. */
export function SheetImport({ path, fields, title, hint, invalidates, paste }: SheetImportProps) {
  const { t } = useTranslation()
  const [mapping, setMapping] = useState<Record<string, string>>({})
  const [job, setJob] = useState<Job | null>(null)
  const upload = useAction({
    run: (file: File, key) => {
      const form = new FormData()
      form.append('file', file, file.name)
      return api.post(path, form, { key })
    },
    onSuccess: (sheet) => {
      setMapping(sheet.mapping)
      preview.reset()
      setJob(null)
    },
  })
  const sheet = upload.data
  const where = { path: { id: sheet?.id ?? '' } }
  const preview = useAction({ run: (body: object, key) => api.post(`${path}/{id}/preview` as const, body, { ...where, key }) })
  const run = useAction({
    run: (body: object, key) => api.post(`${path}/{id}/run` as const, body, { ...where, key }),
    invalidates: [...invalidates, ['jobs']],
    onSuccess: setJob,
  })
  const complete = fields.every((f) => !f.required || mapping[f.key])
  const drop = <DropZone accept=".csv,.xlsx" title={title} hint={hint} disabled={upload.isPending} onFiles={([file]) => file && upload.mutate(file)} />
  if (job) {
    return (
      <div className={css.steps}>
        <JobProgress job={job} />
        <Button
          onClick={() => {
            upload.reset()
            preview.reset()
            setJob(null)
          }}
        >
          {t('sheet.another')}
        </Button>
      </div>
    )
  }
  if (!sheet) {
    return (
      <div className={css.steps}>
        {drop}
        {paste ? <PasteBox label={paste.label} hint={paste.hint} busy={upload.isPending} onPaste={(text) => upload.mutate(new File([paste.toTable(text)], 'pasted.csv', { type: 'text/csv' }))} /> : null}
        {upload.error ? <ErrorBox error={upload.error} /> : null}
      </div>
    )
  }
  return (
    <div className={css.steps}>
      <ColumnMapping fields={fields} columns={sheet.columns} mapping={mapping} onChange={setMapping} />
      <Sample columns={sheet.columns} rows={sheet.sample} />
      <div className={css.buttons}>
        <Button onClick={() => upload.reset()}>{t('sheet.another')}</Button>
        <Button type={preview.data ? 'default' : 'primary'} disabled={!complete} loading={preview.isPending} onClick={() => preview.mutate({ mapping })}>
          {t('sheet.check')}
        </Button>
        {preview.data ? (
          <Button type="primary" disabled={preview.data.ok === 0} loading={run.isPending} onClick={() => run.mutate({ mapping })}>
            {t('sheet.run', { count: preview.data.ok, n: groupDigits(preview.data.ok) })}
          </Button>
        ) : null}
      </div>
      {preview.error ?? run.error ? <ErrorBox error={preview.error ?? run.error} /> : null}
      {preview.data ? <Verdicts preview={preview.data} fields={fields} /> : null}
    </div>
  )
}

/** Rows copied from a sheet, one line each. */
function PasteBox({ label, hint, busy, onPaste }: { label: string; hint: string; busy: boolean; onPaste: (text: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const lines = text.split(/\r?\n/).filter((l) => l.trim() !== '').length
  return (
    <div className={css.paste}>
      <span>{label}</span>
      <textarea aria-label={label} rows={6} spellCheck={false} value={text} onChange={(e) => setText(e.target.value)} />
      <small>{hint}</small>
      <Button disabled={lines === 0} loading={busy} onClick={() => onPaste(text)}>
        {t('sheet.take_pasted', { count: lines, n: groupDigits(lines) })}
      </Button>
    </div>
  )
}

interface ColumnMappingProps {
  fields: SheetField[]
  columns: string[]
  mapping: Record<string, string>
  onChange: (mapping: Record<string, string>) => void
}

/** Which column of the file means what. */
export function ColumnMapping({ fields, columns, mapping, onChange }: ColumnMappingProps) {
  const { t } = useTranslation()
  const options = columns.map((c) => ({ value: c, label: c }))
  return (
    <fieldset className={css.mapping}>
      <legend>{t('sheet.columns')}</legend>
      {fields.map((f) => (
        <label key={f.key} className={css.field}>
          <span>
            {f.label}
            {f.required ? <b aria-hidden> *</b> : null}
          </span>
          <Select
            allowClear
            showSearch
            value={mapping[f.key]}
            aria-label={f.label}
            status={f.required && !mapping[f.key] ? 'warning' : undefined}
            placeholder={t('sheet.no_column')}
            options={options}
            onChange={(column: string | undefined) => {
              const next = { ...mapping }
              if (column) next[f.key] = column
              else delete next[f.key]
              onChange(next)
            }}
          />
        </label>
      ))}
    </fieldset>
  )
}

/** The first rows of the file as they are. */
export function Sample({ columns, rows }: { columns: string[]; rows: string[][] }) {
  const { t } = useTranslation()
  const shown = rows.slice(0, 5).map((cells, n) => ({ n, cells }))
  return (
    <ScrollBox label={t('sheet.sample')} className={css.scroll}>
      <DataTable label={t('sheet.sample')} rows={shown} rowKey={(r: { n: number }) => r.n} columns={columns.map((title, i) => ({ key: `${i} ${title}`, title, render: (r: { cells: string[] }) => r.cells[i] ?? '' }))} />
    </ScrollBox>
  )
}

function Verdicts({ preview, fields }: { preview: SheetPreview; fields: SheetField[] }) {
  const { t } = useTranslation()
  return (
    <>
      <p role="status">
        <strong>{t('sheet.verdict', { ok: groupDigits(preview.ok), total: groupDigits(preview.total), bad: groupDigits(preview.total - preview.ok) })}</strong>
      </p>
      {preview.bad.length > 0 ? (
        <ScrollBox label={t('sheet.bad_rows')} className={css.scroll}>
          <DataTable
            label={t('sheet.bad_rows')}
            rows={preview.bad}
            rowKey={(b) => `${b.row} ${b.field} ${b.code}`}
            columns={[
              { key: 'row', title: t('sheet.row'), align: 'right', width: 70, render: (b) => b.row },
              { key: 'field', title: t('sheet.field'), render: (b) => fields.find((f) => f.key === b.field)?.label ?? b.field },
              { key: 'why', title: t('sheet.why'), render: (b) => b.message },
            ]}
          />
        </ScrollBox>
      ) : null}
    </>
  )
}
