import type { TFunction } from 'i18next'
import { groupDigits } from '@/lib/format'
import type { Tone } from '@/ui/Tag'
import type { Batch, Label } from './queries'

export const BATCH_TONE: Record<Batch['state'], Tone> = { making: 'blue', ready: 'amber', closed: 'green' }
export const LABEL_TONE: Record<Label['state'], Tone> = { wanted: 'plain', ready: 'amber', asked: 'blue', sent: 'blue', printed: 'green', failed: 'red', uncertain: 'red', refused: 'red' }

/** Labels that a person may tell about. */
export function tellable(label: Pick<Label, 'state'>): boolean {
  return label.state === 'ready' || label.state === 'uncertain'
}

/** Labels that may be printed again. */
export function repeatable(label: Pick<Label, 'state'>): boolean {
  return label.state !== 'wanted' && label.state !== 'asked'
}

const ORDER: Label['state'][] = ['wanted', 'asked', 'sent', 'ready', 'uncertain', 'printed', 'failed', 'refused']

/** "12 printed, 1 must not be printed": how labels stand, without zeros. */
export function counted(t: TFunction, labels: readonly Label[]): string {
  return ORDER.flatMap((state) => {
    const n = labels.filter((l) => l.state === state).length
    return n > 0 ? [`${t(`print.label_state.${state}`)} ${groupDigits(n)}`] : []
  }).join(' \u00b7 ')
}
