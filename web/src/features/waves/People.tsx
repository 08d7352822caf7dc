import { useTranslation } from 'react-i18next'
import type { WaveSheet } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { usePersonName } from '@/lib/person'
import { DataTable } from '@/ui/DataTable'
import { Panel } from '@/ui/Page'
import { Empty } from '@/ui/States'
import { Time } from '@/ui/Time'
import { usePickers } from './queries'
import css from './waves.module.css'

/** What each person has to fetch of a wave, and fetched. */
export function People({ sheet }: { sheet: WaveSheet }) {
  const { t } = useTranslation()
  const person = usePersonName()
  const pickers = usePickers()
  const given = new Map<string, number>()
  for (const s of sheet.stops) if (s.picker_id !== '0') given.set(s.picker_id, (given.get(s.picker_id) ?? 0) + s.wanted)
  const rows = [
    ...sheet.progress,
    ...[...given.keys()]
      .filter((id) => !sheet.progress.some((p) => p.picker_id === id))
      .map((id) => ({ picker_id: id, name: pickers.find((p) => p.id === id)?.name ?? '', picked: 0, short: 0, first_at: null, last_at: null })),
  ]
  return (
    <Panel flush>
      <DataTable
        label={t('waves.people')}
        rows={rows}
        rowKey={(p) => p.picker_id}
        empty={<Empty title={t('waves.nobody_yet')} />}
        columns={[
          { key: 'name', title: t('waves.person'), render: (p) => <strong>{person(p.name)}</strong> },
          { key: 'given', title: t('waves.given'), align: 'right', render: (p) => (given.has(p.picker_id) ? groupDigits(given.get(p.picker_id) ?? 0) : '\u2013') },
          { key: 'picked', title: t('waves.picked'), align: 'right', render: (p) => groupDigits(p.picked) },
          { key: 'short', title: t('waves.numbers.short'), align: 'right', render: (p) => <span className={p.short > 0 ? css.short : undefined}>{groupDigits(p.short)}</span> },
          { key: 'first', title: t('waves.first'), render: (p) => <Time at={p.first_at} /> },
          { key: 'last', title: t('waves.last'), render: (p) => <Time at={p.last_at} /> },
        ]}
      />
    </Panel>
  )
}
