import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ImportPreview } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { DataTable } from '@/ui/DataTable'
import { Panel } from '@/ui/Page'
import { ScrollBox } from '@/ui/ScrollBox'
import { Tag, type Tone } from '@/ui/Tag'
import css from './imports.module.css'

const STATES = ['pending_payment', 'partly_paid', 'awaiting_shipment', 'partly_shipped', 'shipped', 'delivered', 'completed', 'closed'] as const
const TONE: Record<string, Tone> = { new: 'green', changed: 'blue', unchanged: 'plain', stale: 'plain', rejected: 'red', warning: 'amber' }
const COUNTS = ['new', 'changed', 'unchanged', 'stale', 'rejected', 'warnings'] as const

interface PreviewPanelProps {
  preview: ImportPreview
  words: Record<string, string>
  onWords: (words: Record<string, string>) => void
}

/** What an import would do: counts, words to explain once, rows with their verdicts. */
export function PreviewPanel({ preview, words, onWords }: PreviewPanelProps) {
  const { t } = useTranslation()
  return (
    <Panel title={t('imports.step_preview')} note={t('imports.preview_note')}>
      <dl className={css.counts}>
        <div>
          <dt>{t('imports.count.orders')}</dt>
          <dd>{groupDigits(preview.counts.orders)}</dd>
        </div>
        {preview.counts.cases > 0 ? (
          <div>
            <dt>{t('imports.count.cases')}</dt>
            <dd>{groupDigits(preview.counts.cases)}</dd>
          </div>
        ) : null}
        {COUNTS.map((key) => (
          <div key={key} className={key === 'rejected' && preview.counts[key] > 0 ? css.bad : undefined}>
            <dt>{t(`imports.count.${key}`)}</dt>
            <dd>{groupDigits(preview.counts[key])}</dd>
          </div>
        ))}
      </dl>
      {preview.unknown_words.length > 0 ? (
        <fieldset className={css.words}>
          <legend>{t('imports.unknown_words')}</legend>
          <p className={css.muted}>{t('imports.unknown_words_hint')}</p>
          {preview.unknown_words.map(({ word, n }) => (
            <label key={word} className={css.word}>
              <strong>{word}</strong>
              <span className={css.muted}>{t('imports.rows', { count: n, n: groupDigits(n) })}</span>
              <Select
                placeholder={t('imports.means')}
                aria-label={t('imports.word_means', { word })}
                value={words[word]}
                options={STATES.map((s) => ({ value: s, label: t(`imports.status.${s}`) }))}
                onChange={(status: string) => onWords({ ...words, [word]: status })}
              />
            </label>
          ))}
        </fieldset>
      ) : null}
      {preview.conflicts.length > 0 ? (
        <div className={css.conflicts} role="alert">
          <strong>{t('imports.conflicts', { count: preview.conflicts.length })}</strong>
          <p>
            {preview.conflicts
              .slice(0, 5)
              .map((c) => `${c.order_no} (${c.other_shop})`)
              .join(', ')}
          </p>
        </div>
      ) : null}
      <ScrollBox label={t('imports.step_preview')} className={css.scroll}>
        <DataTable
          label={t('imports.step_preview')}
          rows={preview.rows}
          rowKey={(r) => `${r.record} ${r.order_no} ${r.verdict} ${r.code} ${r.field}`}
          rowTone={(r) => (r.verdict === 'rejected' ? 'bad' : r.verdict === 'warning' ? 'warn' : undefined)}
          columns={[
            { key: 'record', title: t('imports.record'), align: 'right', width: 70, render: (r) => r.record },
            { key: 'no', title: t('imports.order_no'), render: (r) => r.order_no || '\u2013' },
            { key: 'verdict', title: t('imports.verdict_title'), render: (r) => <Tag tone={TONE[r.verdict] ?? 'plain'}>{t(`imports.verdict.${r.verdict}`, { defaultValue: r.verdict })}</Tag> },
            { key: 'why', title: t('imports.why'), render: (r) => r.message },
            { key: 'value', title: t('imports.value'), render: (r) => (r.value ? `${r.field}: ${r.value}` : r.field) },
          ]}
        />
      </ScrollBox>
    </Panel>
  )
}
