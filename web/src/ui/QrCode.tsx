import { useMemo } from 'react'
import { qrModules } from '@/lib/qr'

/** The light border that readers need, in modules. */
const QUIET = 4

/** A text as a QR code, dark on white in every theme; shows nothing when the text is too long. */
export function QrCode({ text, label, size = 200 }: { text: string; label: string; size?: number }) {
  const modules = useMemo(() => qrModules(text), [text])
  if (!modules) return null
  const side = modules.length + 2 * QUIET
  const path = modules.flatMap((row, r) => row.map((dark, c) => (dark ? `M${c + QUIET} ${r + QUIET}h1v1h-1z` : ''))).join('')
  return (
    <svg role="img" aria-label={label} width={size} height={size} viewBox={`0 0 ${side} ${side}`} shapeRendering="crispEdges">
      <path fill="#fff" d={`M0 0h${side}v${side}h-${side}z`} />
      <path fill="#000" d={path} />
    </svg>
  )
}
