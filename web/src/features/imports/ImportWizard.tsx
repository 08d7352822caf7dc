import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Import, Job } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { formatBytes, formatFullTime, groupDigits } from '@/lib/format'
import { isId } from '@/lib/id'
import { useShops } from '@/lib/lookups'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { ChannelBadge, Tag } from '@/ui/Tag'
import { ImportResult } from './ImportResult'
import css from './imports.module.css'
import { MappingForm } from './MappingForm'
import { PreviewPanel } from './PreviewPanel'
import { troubleOf } from './trouble'

/** One import from detection to result. */
export function ImportWizard({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['imports', 'one', id],
    queryFn: ({ signal }) => api.get('/imports/{id}', { path: { id }, signal }),
    placeholderData: undefined,
  })
  return (
    <Page title={t('imports.one_title')} actions={<Button onClick={onClose}>{t('imports.back')}</Button>}>
      <QueryState query={query}>{(data) => <Steps key={data.id} data={data} onAgain={onClose} />}</QueryState>
    </Page>
  )
}

/** "2026-11-21 08:30:00" in the shop's zone, as the field shows it, becomes RFC 3339. */
function toInstant(local: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?$/.exec(local.trim())
  return match ? `${match[1]}T${match[2]}${match[3] ?? ':00'}+08:00` : undefined
}

/** This minute in the shop's zone, as the field takes it. */
function localNow(): string {
  return formatFullTime(Date.now()).replace(' ', 'T').slice(0, 16)
}

function Steps({ data, onAgain }: { data: Import; onAgain: () => void }) {
  const { t } = useTranslation()
  const shops = useShops()
  // A file that fits several channels leaves the choice to the shop.
  const channels = new Set(data.files.flatMap((f) => (f.state === 'recognised' ? [f.channel] : f.candidates.map((c) => c.channel))))
  const suggested = isId(data.shop_id) ? data.shop_id : data.suggested_shop_id
  const [shop, setShop] = useState<string | undefined>(isId(suggested) ? suggested : undefined)
  const [exported, setExported] = useState(data.exported_at ? formatFullTime(data.exported_at).replace(' ', 'T') : '')
  const [mapping, setMapping] = useState<Record<string, string>>(data.table?.mapping ?? {})
  const [words, setWords] = useState<Record<string, string>>({})
  const [reworded, setReworded] = useState(false)
  const [confirmed, setConfirmed] = useState(false)
  const [job, setJob] = useState<Job | null>(null)
  const settings = defined({
    shop_id: shop,
    exported_at: toInstant(exported),
    mapping: data.table ? mapping : undefined,
    status_words: Object.keys(words).length > 0 ? words : undefined,
  })
  const preview = useAction({
    run: (body: object, key) => api.post('/imports/{id}/preview', body, { path: { id: data.id }, key }),
    onSuccess: () => setReworded(false),
  })
  const run = useAction({
    run: (body: object, key) => api.post('/imports/{id}/run', body, { path: { id: data.id }, key }),
    invalidates: [['imports'], ['jobs']],
    onSuccess: setJob,
  })
  // A preview of other choices would promise what the run does not do.
  const changed =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      set(value)
      setConfirmed(false)
      preview.reset()
      run.reset()
    }
  const mapped = data.table ? data.table.required.every((f) => mapping[f]) : true
  const trouble = troubleOf(data)
  const fitting = shops.filter((s) => s.active && (data.table != null || channels.size === 0 || channels.has(s.channel)))
  const started = job ?? null
  if (started || isId(data.job_id)) return <ImportResult id={data.id} shopId={shop} jobId={started?.id ?? data.job_id} first={started} />
  const unmapped = preview.data?.unknown_words.some((w) => !words[w.word]) ?? false
  const conflict = (preview.data?.conflicts.length ?? 0) > 0
  return (
    <div className={css.steps}>
      <Panel title={t('imports.step_detect')} flush>
        <Files data={data} />
      </Panel>
      {trouble ? (
        <Panel>
          <Empty title={t(`imports.trouble.${trouble}`)}>
            <p>{t(`imports.trouble_next.${trouble}`)}</p>
            <Button type="primary" onClick={onAgain}>
              {t('imports.again')}
            </Button>
          </Empty>
        </Panel>
      ) : (
        <Panel title={t('imports.step_settings')}>
          <div className={css.settings}>
            <label className={css.field}>
              <span>{t('imports.which_shop')}</span>
              <Select value={shop} aria-label={t('imports.which_shop')} placeholder={t('imports.pick_shop')} options={fitting.map((s) => ({ value: s.id, label: s.name }))} onChange={changed(setShop)} />
              {fitting.length === 0 ? (
                <small>
                  {t('imports.no_shop')} <Link to="/settings/shops">{t('imports.add_shop')}</Link>
                </small>
              ) : null}
            </label>
            <label className={css.field}>
              <span>{t('imports.exported_at')}</span>
              <span className={css.pair}>
                <Input type="datetime-local" step={1} value={exported} aria-label={t('imports.exported_at')} onChange={(e) => changed(setExported)(e.target.value)} />
                <Button onClick={() => changed(setExported)(localNow())}>{t('imports.exported_now')}</Button>
              </span>
              <small>{data.exported_at_source === 'file_name' ? t('imports.exported_from_name') : t('imports.exported_unknown')}</small>
            </label>
          </div>
          {data.table ? <MappingForm columns={data.table.columns} fields={data.table.fields} required={data.table.required} mapping={mapping} onChange={changed(setMapping)} /> : null}
          <Button type={preview.data ? 'default' : 'primary'} disabled={!shop || !mapped} loading={preview.isPending} onClick={() => preview.mutate(settings)}>
            {preview.data ? t('imports.preview_again') : t('imports.preview')}
          </Button>
          {preview.error ? <ErrorBox error={preview.error} /> : null}
        </Panel>
      )}
      {preview.data ? (
        <>
          <PreviewPanel preview={preview.data} words={words} onWords={(next) => {
              setWords(next)
              setReworded(true)
            }} />
          <Panel>
            {conflict ? (
              <label className={css.check}>
                <input type="checkbox" checked={confirmed} onChange={(e) => setConfirmed(e.target.checked)} />
                {t('imports.confirm_conflicts', { count: preview.data.conflicts.length })}
              </label>
            ) : null}
            <div className={css.run}>
              <Button type="primary" size="middle" disabled={(conflict && !confirmed) || !toInstant(exported)} loading={run.isPending} onClick={() => run.mutate({ ...settings, confirm_conflicts: confirmed })}>
                {preview.data.counts.orders === 0 && preview.data.counts.cases > 0
                  ? t('imports.run_cases', { count: preview.data.counts.cases, n: groupDigits(preview.data.counts.cases) })
                  : t('imports.run', { count: preview.data.counts.orders, n: groupDigits(preview.data.counts.orders) })}
              </Button>
              {toInstant(exported) ? null : <span className={css.muted}>{t('imports.need_export_time')}</span>}
              {unmapped ? <span className={css.muted}>{t('imports.unmapped_left_out')}</span> : null}
              {reworded ? <span className={css.muted}>{t('imports.reworded')}</span> : null}
            </div>
            {run.error ? <ErrorBox error={run.error} /> : null}
          </Panel>
        </>
      ) : null}
    </div>
  )
}

function Files({ data }: { data: Import }) {
  const { t } = useTranslation()
  return (
    <ul className={css.files}>
      {data.files.map((f) => (
        <li key={f.file_id}>
          <span className={css.fileName}>
            <strong>{f.name}</strong>
            <span className={css.muted}>
              {formatBytes(f.size_bytes)}
            </span>
          </span>
          {f.error ? (
            <Tag tone="red">{f.error.message}</Tag>
          ) : (
            <>
              {f.state === 'recognised' ? <ChannelBadge channel={f.channel} /> : null}
              {f.state === 'ambiguous' ? f.candidates.map((c) => <ChannelBadge key={`${c.channel} ${c.kind}`} channel={c.channel} />) : null}
              {f.state === 'ambiguous' ? <Tag tone="amber">{t('imports.ambiguous')}</Tag> : null}
              {f.state === 'unknown' ? <Tag tone="amber">{t('imports.not_recognised')}</Tag> : null}
              {f.kind && f.state !== 'unknown' ? <Tag tone="blue">{t(`imports.kind.${f.kind}`, { defaultValue: f.kind })}</Tag> : null}
              <span className={css.muted}>
                {f.format.toUpperCase()} {f.encoding.toUpperCase()}
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}
