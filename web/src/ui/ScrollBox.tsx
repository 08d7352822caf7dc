import type { ReactNode } from 'react'

interface ScrollBoxProps {
  /** Read aloud as the name of the region. */
  label: string
  className?: string
  children: ReactNode
}

/** A box that scrolls by itself. It takes the focus, so that the arrow keys can scroll it where nothing inside does. */
export function ScrollBox({ label, className, children }: ScrollBoxProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region has to be reachable by keyboard
    <div role="region" aria-label={label} tabIndex={0} className={className}>
      {children}
    </div>
  )
}
