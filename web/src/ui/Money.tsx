import { formatFen } from '@/lib/format'
import css from './bits.module.css'

/** An amount in fen, right for columns: tabular figures, no line break. Null shows a dash. */
export function Money({ fen, strong }: { fen: number | null | undefined; strong?: boolean }) {
  return <span className={strong ? css.moneyStrong : css.money}>{formatFen(fen)}</span>
}
