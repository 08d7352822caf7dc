import { createContext, use, type ReactNode } from 'react'
import { useChannelFaces, type ChannelFace } from '@/lib/lookups'
import css from './bits.module.css'

export type Tone = 'plain' | 'blue' | 'green' | 'amber' | 'red'

/** A short word on a soft ground. */
export function Tag({ tone = 'plain', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className={`${css.tag} ${css[tone]}`} title={title}>
      {children}
    </span>
  )
}

const Faces = createContext<(code: string) => ChannelFace>((code) => ({ name: code, color: '#5b6270' }))

/** Gives every badge below the server's names and colours of the channels. */
export function ChannelFacesProvider({ children }: { children: ReactNode }) {
  return <Faces value={useChannelFaces()}>{children}</Faces>
}

/** The channel a shop sells on: its name on its colour. */
export function ChannelBadge({ channel }: { channel: string }) {
  const face = use(Faces)(channel)
  return (
    <span className={css.badge} style={{ background: face.color }}>
      {face.name}
    </span>
  )
}

/** A coloured dot that always stands beside a text. */
export function Dot({ tone }: { tone: Tone }) {
  return <span className={`${css.dot} ${css[`dot_${tone}`]}`} aria-hidden />
}
