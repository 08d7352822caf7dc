import { useTranslation } from 'react-i18next'
import css from './labels.module.css'
import { filled, type Body, type Element } from './template'

/** One point is so many millimetres. */
const PT = 0.3528

/** Where things stand, to scale; the words are the names of what will be printed. The PDF is the truth. */
export function Sketch({ body, at, onPick }: { body: Body; at: number; onPick: (at: number) => void }) {
  const { t } = useTranslation()
  const word = (name: string) => t(`labels.field.${name}`)
  return (
    <svg className={css.sketch} viewBox={`0 0 ${body.size.width_mm} ${body.size.height_mm}`} role="img" aria-label={t('labels.sketch')}>
      <rect width={body.size.width_mm} height={body.size.height_mm} fill="#fff" />
      {body.elements.map((e, i) => (
        // The list beside it does the same by keyboard.
        <g key={`${i} ${e.kind}`} onClick={() => onPick(i)} className={css.part}>
          <Shape e={e} text={filled(e.text ?? '', word)} items={t('labels.field.items')} />
          <rect x={e.x_mm} y={e.y_mm} width={Math.max(e.width_mm, 0.8)} height={Math.max(e.height_mm, 0.8)} fill="transparent" stroke={i === at ? '#1456f0' : '#cfd5df'} strokeWidth={i === at ? 0.6 : 0.15} />
        </g>
      ))}
    </svg>
  )
}

function Shape({ e, text, items }: { e: Element; text: string; items: string }) {
  switch (e.kind) {
    case 'line':
      return <line x1={e.x_mm} y1={e.y_mm} x2={e.x_mm + e.width_mm} y2={e.y_mm + e.height_mm} stroke="#000" strokeWidth={0.3} />
    case 'box':
      return <rect x={e.x_mm} y={e.y_mm} width={e.width_mm} height={e.height_mm} fill="none" stroke="#000" strokeWidth={0.3} />
    case 'qr':
      return <rect x={e.x_mm} y={e.y_mm} width={e.width_mm} height={e.height_mm} fill="url(#none)" stroke="#000" strokeWidth={0.6} strokeDasharray="1 1" />
    case 'code128':
      return (
        <g>
          {Array.from({ length: Math.max(1, Math.floor(e.width_mm / 1.6)) }, (_, i) => (
            <rect key={i} x={e.x_mm + i * 1.6} y={e.y_mm} width={i % 3 === 0 ? 1 : 0.5} height={Math.max(0, e.height_mm - (e.caption ? 3.5 : 0))} fill="#000" />
          ))}
        </g>
      )
    default: {
      const size = (e.size_pt ?? 8) * PT
      const x = e.align === 'right' ? e.x_mm + e.width_mm : e.align === 'center' ? e.x_mm + e.width_mm / 2 : e.x_mm
      const y = e.middle ? e.y_mm + e.height_mm / 2 + size * 0.35 : e.y_mm + size
      return (
        <g>
          {e.inverse ? <rect x={e.x_mm} y={e.y_mm} width={e.width_mm} height={e.height_mm} fill="#000" /> : null}
          <text x={x} y={y} fontSize={size} fontWeight={e.bold ? 700 : 400} fill={e.inverse ? '#fff' : '#000'} textAnchor={e.align === 'right' ? 'end' : e.align === 'center' ? 'middle' : 'start'}>
            {e.kind === 'items' ? items : text}
          </text>
        </g>
      )
    }
  }
}
